import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { ownHostsOnly } from "./security.ts";

/** Where Prometheus asks. */
export const METRICS_PATH = "/metrics";

/**
 * `GET /metrics`. With a token it is asked for (`Authorization: Bearer`, compared in constant time); without one metrics are
 * there where nobody but this machine can ask, and nowhere else.
 */
export function createMetricsRoute(options: {
  read(): Promise<{ contentType: string; text: string }>;
  token: string | undefined;
  /** Whether this machine alone reaches the server. */
  isLocal: boolean;
}): Hono {
  const { read, token, isLocal } = options;
  const routes = new Hono();
  if (token !== undefined) routes.use(bearerAuth({ token }));
  // A foreign page must not have a browser on this machine ask for it.
  else if (isLocal) routes.use(ownHostsOnly({ host: "localhost", publicUrl: undefined }));
  routes.get("/", async (c) => {
    if (token === undefined && !isLocal) return c.notFound();
    const { contentType, text } = await read();
    return c.body(text, 200, { "content-type": contentType, "cache-control": "no-store" });
  });
  return routes;
}
