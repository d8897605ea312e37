import { appendFileSync, mkdirSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createFaultQueue, type Fault, type Injection } from "./faults.ts";
import { type RequestBody, readRequestBody, type UploadedFile } from "./request-body.ts";

/** A request as a route sees it; `P` are the names in its path template. */
export interface HttpRequest<P extends string = string> {
  /** Method and path template, such as `GET /channels/{channel_id}`. */
  operation: string;
  method: string;
  /** Path without prefix and query. */
  path: string;
  params: Record<P, string>;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  /** The body as it came. */
  bytes: Buffer;
  payload: unknown;
  files: UploadedFile[];
}

/** A `Buffer` body is sent as it is, a string as text, anything else as JSON, undefined as nothing. */
export interface HttpAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Thrown by a route to answer with an error. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly answer: HttpAnswer;

  constructor(answer: HttpAnswer) {
    super(`${answer.status} ${JSON.stringify(answer.body)}`);
    this.answer = answer;
  }
}

type ParamName<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamName<Rest>
  : never;

/** One operation of a server; built by `route`. */
export interface Route {
  operation: string;
  pattern: RegExp;
  handle: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;
}

/** @param operation method and path template, `POST /channels/{channel_id}/messages`; its names become `params`. */
export function route<const T extends string>(
  operation: T,
  handle: (request: HttpRequest<ParamName<T>>) => HttpAnswer | Promise<HttpAnswer>,
): Route {
  const source = operation.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, "(?<$1>[^/ ]+)");
  return { operation, pattern: new RegExp(`^${source}$`), handle };
}

/** A request as it was seen, kept for checks against an official description of the API. */
export interface RecordedRequest {
  operation: string;
  path: string;
  body: unknown;
  /** Undefined while it is being handled and where the connection was dropped. */
  status?: number;
}

interface HttpServerOptions {
  routes: readonly Route[];
  /** Cut from the front of every path that has it, such as `/api/v10`. */
  prefix?: string;
  /** Runs around every known route: authentication, rate limits, headers of every answer. */
  around?: (request: HttpRequest, next: () => Promise<HttpAnswer>) => Promise<HttpAnswer>;
  /** After every answered request. */
  changed?: () => void;
  /** JSON lines `{operation, body}` of all requests with a body are appended to this file. */
  recordFile?: string | undefined;
}

/** A local server that knows some operations and remembers what it was asked. */
export interface HttpServer {
  /** `http://127.0.0.1:PORT`, without the prefix. */
  origin: string;
  /** For `upgrade` events of WebSockets. */
  node: Server;
  requests: RecordedRequest[];
  /** Operations the server was asked for and does not know; it answered 501. */
  unknownRoutes: string[];
  inject(injection: Injection): void;
  /** Throws when a route was unknown or a handler failed. */
  assertClean(): void;
  /** Closes every connection, then `assertClean`. */
  close(): Promise<void>;
}

/** Path of a server's record file, or undefined where nothing is to be recorded. */
export function recordFileIn(folder: string | undefined, name: string): string | undefined {
  if (!folder) return undefined;
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

/** Listens on a free port of 127.0.0.1. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { prefix = "", around = (_request, next) => next(), changed = () => {}, recordFile } = options;
  const routes = [...options.routes].sort((a, b) => paramCount(a) - paramCount(b));
  const requests: RecordedRequest[] = [];
  const unknownRoutes: string[] = [];
  const crashes: unknown[] = [];
  const faults = createFaultQueue();

  async function answer(request: HttpRequest, handle: Route["handle"]): Promise<HttpAnswer> {
    try {
      return await handle(request);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      crashes.push(error);
      return { status: 500, body: { message: String(error) } };
    }
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse) {
    const { method = "GET", headers } = incoming;
    const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
    const path = url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : url.pathname;
    const bytes = await readAll(incoming);
    const fault = faults.take(method, path);
    if (typeof fault === "object" && "delayMs" in fault) await delay(fault.delayMs);

    const found = findRoute(routes, method, path);
    if (!found) unknownRoutes.push(`${method} ${path}`);
    const operation = found?.route.operation ?? `${method} ${path}`;
    const body = await readRequestBody(headers["content-type"] ?? "", bytes).catch(() => undefined);
    const recorded = record(operation, path, body);
    if (fault === "drop") return incoming.socket.destroy();
    if (typeof fault === "object" && "status" in fault) {
      recorded.status = fault.status;
      return send(response, fault);
    }

    const result = await resultOf();
    if (typeof fault === "object" && "after" in fault) incoming.socket.destroy();
    else {
      recorded.status = result.status;
      send(response, result, fault);
    }
    return changed();

    async function resultOf(): Promise<HttpAnswer> {
      if (!found) return { status: 501, body: { message: `unknown route ${operation}` } };
      if (!body) return { status: 400, body: { message: "malformed body" } };
      const { route, params } = found;
      const request = { operation, method, path, params, query: url.searchParams, headers, bytes, ...body };
      return answer(request, () => around(request, () => answer(request, route.handle)));
    }
  }

  function record(operation: string, path: string, body: RequestBody | undefined): RecordedRequest {
    const recorded: RecordedRequest = { operation, path, body: body?.payload };
    requests.push(recorded);
    if (recordFile && recorded.body !== undefined) {
      appendFileSync(recordFile, `${JSON.stringify({ operation, body: recorded.body })}\n`);
    }
    return recorded;
  }

  const node = createServer((incoming, response) => {
    serve(incoming, response).catch((error) => {
      const clientLeft = !incoming.complete;
      if (!clientLeft) crashes.push(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  const { port } = node.address() as AddressInfo;

  function assertClean() {
    if (unknownRoutes.length > 0) throw new Error(`unknown routes: ${unknownRoutes.join(", ")}`);
    if (crashes.length > 0) throw new AggregateError(crashes, "a route of the server failed");
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    node,
    requests,
    unknownRoutes,
    inject: faults.inject,
    assertClean,
    close: async () => {
      const closed = new Promise((resolve) => node.close(resolve));
      node.closeAllConnections();
      await closed;
      assertClean();
    },
  };
}

function paramCount({ operation }: Route): number {
  return operation.split("{").length;
}

function findRoute(routes: readonly Route[], method: string, path: string) {
  for (const route of routes) {
    const match = route.pattern.exec(`${method} ${path}`);
    if (match) {
      const params = Object.entries(match.groups ?? {}).map(([name, text]) => [
        name,
        decodeURIComponent(text),
      ]);
      return { route, params: Object.fromEntries(params) as Record<string, string> };
    }
  }
  return undefined;
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer, fault?: Fault) {
  const raw = Buffer.isBuffer(body) || typeof body === "string" || body === undefined;
  const type = raw ? {} : { "content-type": "application/json" };
  const content = raw ? (body ?? "") : JSON.stringify(body);
  response.writeHead(status, { ...type, ...headers });
  if (typeof fault === "object" && "cutAfter" in fault) {
    response.write(content.slice(0, fault.cutAfter), () => response.destroy());
    return;
  }
  response.end(fault === "malformed" ? content.slice(0, Math.max(1, content.length / 2)) : content);
}
