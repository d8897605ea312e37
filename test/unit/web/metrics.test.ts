import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { createMetricsRoute } from "../../../src/web/metrics.ts";
import { createWebServer } from "../../../src/web/server.ts";

async function serve(options: { token?: string; isLocal: boolean }) {
  const { token, isLocal } = options;
  const read = async () => ({ contentType: "text/plain; version=0.0.4", text: "showreel_jobs_total 1\n" });
  const server = createWebServer({
    host: "127.0.0.1",
    port: 0,
    ready: async () => ({ status: "ok", checks: {}, trouble: [] }),
    metrics: createMetricsRoute({ read, token, isLocal }),
    logger: pino({ level: "silent" }),
  });
  const { url } = await server.listen();
  onTestFinished(server.close);
  return (authorization?: string) =>
    fetch(`${url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });
}

it("is there for this machine, in Prometheus' own type", async () => {
  const ask = await serve({ isLocal: true });
  const answer = await ask();
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4"]);
  expect(await answer.text()).toBe("showreel_jobs_total 1\n");
});

it("is not there for a page that calls this server by its own name", async () => {
  const read = async () => ({ contentType: "text/plain", text: "" });
  const route = createMetricsRoute({ read, token: undefined, isLocal: true });
  const asked = async (host: string) => (await route.request("/", { headers: { host } })).status;
  expect([await asked("127.0.0.1:3000"), await asked("rebound.example:3000")]).toEqual([200, 421]);
});

it("is not there for others without a token", async () => {
  const ask = await serve({ isLocal: false });
  expect((await ask()).status).toBe(404);
  expect((await ask("Bearer anything")).status).toBe(404);
});

it.each([true, false])("asks for its token where there is one, on loopback (%s) as well", async (isLocal) => {
  const ask = await serve({ token: "s3cret", isLocal });
  expect((await ask()).status).toBe(401);
  expect((await ask("Bearer s3cre")).status).toBe(401);
  expect((await ask("Bearer s3cret2")).status).toBe(401);
  expect((await ask("Basic s3cret")).status).toBe(400);
  const answer = await ask("Bearer s3cret");
  expect([answer.status, await answer.text()]).toEqual([200, "showreel_jobs_total 1\n"]);
});
