import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import type { Logger } from "pino";
import { UserError } from "../errors.ts";
import { GALLERY_PATH } from "../gallery/gallery-links.ts";
import type { HealthReport } from "../health.ts";
import { sleep } from "../sleep.ts";
import type { GalleryEnv } from "./gallery/web-gallery.ts";
import { METRICS_PATH } from "./metrics.ts";
import { WEBHOOKS_PATH } from "./webhooks.ts";

interface Options {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** How everything is that the bot stands on. */
  ready: () => Promise<HealthReport>;
  /** The channels' galleries, where people can reach them. */
  gallery?: Hono<GalleryEnv> | undefined;
  /** What Prometheus reads. */
  metrics?: Hono | undefined;
  /** Takes the backend's webhooks, where it signs them with a secret that is known. */
  webhooks?: Hono | undefined;
  /** The local page, where it is wanted. */
  playground?: Hono | undefined;
  /** Takes Slack's requests, where it sends them over HTTP; it reads the raw body itself. */
  slackEvents?: RequestListener | undefined;
  /** Where people install the app in their Slack workspace. */
  slackInstall?: Hono | undefined;
  logger: Logger;
}

/** The bot's one HTTP server. */
export interface WebServer {
  /** Resolves to the address it listens on. @throws UserError when it cannot have that port. */
  listen(): Promise<{ port: number; url: string }>;
  /** Takes no more requests and gives those under way some seconds to end. */
  close(): Promise<void>;
}

const CLOSE_TIMEOUT_MS = 3_000;
const SLACK_INSTALL_PATH = "/slack";
const SLACK_PATH = /^\/slack\/events(?:\?|$)/;

/** `GET /healthz` (the process lives), `GET /readyz` (everything is connected), and what is mounted. */
export function createWebServer({
  host,
  port,
  ready,
  gallery,
  metrics,
  webhooks,
  playground,
  slackEvents,
  slackInstall,
  logger,
}: Options): WebServer {
  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    // Not the path: addresses of private answers are secrets.
    logger.error({ err: error, route: routePath(c) }, "request failed");
    return c.text("That went wrong on our side; the log says more.", 500);
  });
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    const report = await ready();
    return c.json(report, report.status === "unavailable" ? 503 : 200);
  });
  if (metrics) app.route(METRICS_PATH, metrics);
  // Before the playground, whose password is not asked of those who have a gallery's link.
  if (gallery) app.route(GALLERY_PATH, gallery);
  if (webhooks) app.route(WEBHOOKS_PATH, webhooks);
  if (slackInstall) app.route(SLACK_INSTALL_PATH, slackInstall);
  if (playground) app.route("/", playground);

  const listener = getRequestListener(app.fetch);
  const answering = new Set<Promise<void>>();
  const idle = async () => {
    while (answering.size > 0) await Promise.all(answering);
  };
  const server = createServer((request, response) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    answering.add(promise);
    response.once("close", () => {
      answering.delete(promise);
      resolve();
    });
    const slack = request.method === "POST" && SLACK_PATH.test(request.url ?? "");
    if (slack && slackEvents) slackEvents(request, response);
    else void listener(request, response);
  });

  return {
    async listen() {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.once("error", reject);
      server.listen(port, host, resolve);
      try {
        await promise;
      } catch (error) {
        throw cannotListen(error, { host, port });
      }
      const { port: taken } = server.address() as AddressInfo;
      return { port: taken, url: `http://${reachable(host)}:${taken}` };
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      const patience = new AbortController();
      await Promise.race([idle(), sleep(CLOSE_TIMEOUT_MS, patience.signal)]);
      patience.abort();
      // Browsers keep connections open for later, some of them without ever having asked for anything.
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A host as it can stand in an address that people open. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function cannotListen(error: unknown, { host, port }: { host: string; port: number }): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return new UserError(
      "port_in_use",
      `Port ${port} of ${host} is taken. Set PORT to another one, or to 0 for any that is free.`,
    );
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL") {
    return new UserError(
      "cannot_listen",
      `This process cannot listen on ${host}:${port} (${code}). Check HOST and PORT.`,
    );
  }
  return error;
}
