import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Hono } from "hono";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import type { HealthReport } from "../../../src/health.ts";
import { createWebServer } from "../../../src/web/server.ts";

const logger = pino({ level: "silent" });
type Options = Partial<Parameters<typeof createWebServer>[0]>;

const WELL = { status: "ok", checks: { store: true }, trouble: [] } as const satisfies HealthReport;

async function serve(options: Options = {}) {
  const server = createWebServer({ host: "127.0.0.1", port: 0, ready: async () => WELL, logger, ...options });
  const { url, port } = await server.listen();
  onTestFinished(server.close);
  return { url, port, close: server.close };
}

describe("health", () => {
  test.each([
    ["ok", 200],
    ["degraded", 200],
    ["unavailable", 503],
  ] as const)("tells that the process lives, and how it is: %s is %i", async (status, code) => {
    const report = { ...WELL, status };
    const { url } = await serve({ ready: async () => report });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([code, report]);
  });
});

describe("routes", () => {
  test("there is no page where no playground is mounted", async () => {
    const { url } = await serve();
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${url}/slack/events`, { method: "POST" })).status).toBe(404);
  });

  test("Slack's requests reach its handler with the body as it was sent", async () => {
    const bodies: string[] = [];
    const { url } = await serve({
      slackEvents: async (request, response) => {
        bodies.push(await text(request));
        response.end("ok");
      },
    });
    const answer = await fetch(`${url}/slack/events?x=1`, { method: "POST", body: "payload=%7B%7D&a=+b" });
    expect([await answer.text(), bodies]).toEqual(["ok", ["payload=%7B%7D&a=+b"]]);
    expect((await fetch(`${url}/slack/events`)).status).toBe(404);
  });

  test("a bug is logged without the address, which may be a secret", async () => {
    const lines: string[] = [];
    const playground = new Hono();
    playground.get("/shown/:id", () => {
      throw new Error("broken");
    });
    const log = pino({}, { write: (line) => void lines.push(line) });
    const { url } = await serve({ playground, logger: log });
    expect((await fetch(`${url}/shown/s3cret?token=s3cret`)).status).toBe(500);
    expect(lines.join("")).toContain('"route":"/shown/:id"');
    expect(lines.join("")).not.toContain("s3cret");
  });

  test("a bug is answered without its words", async () => {
    const playground = new Hono();
    playground.get("/", () => {
      throw new Error("secret detail");
    });
    const answer = await fetch((await serve({ playground })).url);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("secret");
  });
});

describe("listening", () => {
  test("a port that is taken is named", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    await expect(serve({ port })).rejects.toMatchObject({
      code: "port_in_use",
      message: expect.stringContaining(String(port)),
    });
  });

  test("closing lets a request under way end", async () => {
    const { promise: asked, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: answer, resolve: release } = Promise.withResolvers<Response>();
    const playground = new Hono();
    playground.get("/", () => {
      arrive();
      return answer;
    });
    const { url, close } = await serve({ playground });
    const response = fetch(url);
    await asked;
    const closed = close();
    release(new Response("in time"));
    expect(await (await response).text()).toBe("in time");
    await closed;
    await expect(fetch(url)).rejects.toThrow();
  });
});
