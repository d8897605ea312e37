import { REST, Routes } from "discord.js";
import { afterEach, expect, test } from "vitest";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { RateLimits } from "../servers/discord/rate-limits.ts";

// Limits and faults, as the real REST client lives through them.

let server: DiscordServer;
afterEach(() => server.close());

async function start(rateLimits?: RateLimits) {
  server = await createDiscordServer({ recordTo: "", ...(rateLimits ? { rateLimits } : {}) });
  return Routes.channelMessages(server.channel("general").id);
}
/** Each client keeps its own books of what it may still send. */
function client(options: { retries?: number } = {}) {
  return new REST({ api: server.apiUrl, ...options }).setToken(server.token);
}
function texts() {
  return server.channel("general").messages.map(({ text }) => text);
}

test("a client that reads the headers never meets the limit of a route", async () => {
  const path = await start({ perRoute: { limit: 2, windowMs: 200 } });
  const rest = client();
  for (const content of ["1", "2", "3", "4", "5"]) await rest.post(path, { body: { content } });
  expect(texts()).toEqual(["1", "2", "3", "4", "5"]);
  expect(server.rateLimited).toEqual({ route: 0, global: 0 });
});

test("two clients meet it, are told when to come back, and get through", async () => {
  const path = await start({ perRoute: { limit: 1, windowMs: 500 } });
  await Promise.all([client(), client()].map((rest) => rest.post(path, { body: { content: "x" } })));
  expect(texts()).toEqual(["x", "x"]);
  expect(server.rateLimited).toEqual({ route: 1, global: 0 });
});

test("each channel has a bucket of its own", async () => {
  const path = await start({ perRoute: { limit: 1, windowMs: 60_000 } });
  const other = Routes.channelMessages(server.channel("random").id);
  await Promise.all([path, other].map((one) => client().post(one, { body: { content: "x" } })));
  expect(server.rateLimited.route).toBe(0);
});

test("the global limit counts every request but answers to interactions", async () => {
  const path = await start({ globalPerSecond: 3 });
  const gone = Routes.webhookMessage(server.state.application.id, "unknown-token");
  const ask = (route: string) =>
    fetch(`${server.apiUrl}/v10${route}`, { headers: { authorization: `Bot ${server.token}` } });
  const statuses: number[] = [];
  for (const route of [gone, gone, gone, path, path, path, path]) statuses.push((await ask(route)).status);
  expect(statuses).toEqual([404, 404, 404, 200, 200, 200, 429]);
  expect(server.rateLimited).toEqual({ route: 0, global: 1 });
  const refused = await ask(path);
  expect(refused.headers.get("x-ratelimit-global")).toBe("true");
  expect(await refused.json()).toMatchObject({ global: true, retry_after: expect.any(Number) });
  server.advance(1000);
  expect((await ask(path)).status).toBe(200);
});

test("a nonce that is enforced makes one message of a repeated post", async () => {
  const path = await start();
  const rest = client();
  const body = { content: "x", nonce: "job-1", enforce_nonce: true };
  const [first, second] = [await rest.post(path, { body }), await rest.post(path, { body })];
  expect(second).toEqual(first);
  expect(texts()).toEqual(["x"]);
  await rest.post(path, { body: { ...body, enforce_nonce: false } });
  expect(texts()).toHaveLength(2);
});

test("a 500 is tried again by the client and did nothing", async () => {
  const path = await start();
  server.inject({ method: "POST", path: /messages$/, times: 2, fault: { status: 500 } });
  await client().post(path, { body: { content: "x" } });
  expect(texts()).toEqual(["x"]);
  expect(server.requests.map(({ status }) => status)).toEqual([500, 500, 200]);
});

test("a lost answer leaves its effect, a lost request none", async () => {
  const path = await start();
  const rest = client({ retries: 0 });
  server.inject({ path: /messages$/, fault: { after: "drop" } });
  await expect(rest.post(path, { body: { content: "done" } })).rejects.toThrow("other side closed");
  server.inject({ path: /messages$/, fault: "drop" });
  await expect(rest.post(path, { body: { content: "lost" } })).rejects.toThrow("other side closed");
  expect(texts()).toEqual(["done"]);
});

test("a malformed answer leaves its effect", async () => {
  const path = await start();
  server.inject({ path: /messages$/, fault: "malformed" });
  await expect(client().post(path, { body: { content: "x" } })).rejects.toThrow(SyntaxError);
  expect(texts()).toEqual(["x"]);
});

test("a wait that fails shows the state", async () => {
  const path = await start();
  await client().post(path, { body: { content: "halfway" } });
  const wait = server.waitFor(() => texts().length === 2, { description: "two messages", timeoutMs: 20 });
  await expect(wait).rejects.toThrow(/two messages did not come within 20 ms[\s\S]*#general.*halfway/);
});
