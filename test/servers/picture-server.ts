import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

/** Self-signed for pictures.example and mirror.example: the certificate, then its key. */
const pem = readFileSync(new URL("../fixtures/pictures-example.pem", import.meta.url), "utf8");

/** A host of pictures, over https on a free port of 127.0.0.1. */
export interface PictureServer {
  port: number;
  /** What vouches for its names. */
  certificate: string;
  requests: { host: string | undefined; path: string; headers: IncomingMessage["headers"] }[];
  /** An address on `pictures.example` or another host name. */
  link(path: string, host?: string): string;
  /** What is at a path; anywhere else it answers 501, and `close` fails. */
  serve(path: string, answer: (response: ServerResponse, request: IncomingMessage) => void): void;
  redirect(path: string, location: string, status?: number): void;
  close(): Promise<void>;
}

/** Starts a host without any pictures. */
export async function createPictureServer(): Promise<PictureServer> {
  const answers = new Map<string, (response: ServerResponse, request: IncomingMessage) => void>();
  const requests: PictureServer["requests"] = [];
  const unknown: string[] = [];
  const node = createServer({ cert: pem, key: pem }, (request, response) => {
    const path = request.url ?? "";
    requests.push({ host: request.headers.host, path, headers: request.headers });
    const answer = answers.get(path);
    if (answer) return answer(response, request);
    unknown.push(path);
    response.writeHead(501).end();
  });
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  const { port } = node.address() as AddressInfo;
  const serve: PictureServer["serve"] = (path, answer) => void answers.set(path, answer);
  return {
    port,
    certificate: pem,
    requests,
    link: (path, host = "pictures.example") => `https://${host}:${port}${path}`,
    serve,
    redirect: (path, location, status = 302) =>
      serve(path, (response) => response.writeHead(status, { location }).end()),
    async close() {
      const closed = new Promise((resolve) => node.close(resolve));
      node.closeAllConnections();
      await closed;
      if (unknown.length > 0) throw new Error(`unknown routes: ${unknown.join(", ")}`);
    },
  };
}
