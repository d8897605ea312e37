import { createServer } from "node:http";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createOpenAIModerations } from "../../src/moderation/openai-moderations.ts";
import { freePort, listening } from "../fixtures/listening.ts";
import {
  answerOf,
  bad,
  CANARY,
  clean,
  KEY,
  refusal,
  startEndpoint,
} from "../fixtures/moderations-endpoint.ts";
import type { Fault } from "../servers/faults.ts";

describe("a failure of the endpoint", () => {
  it.each<[string, Fault, number, object]>([
    ["a 401", refusal(401), 1, { code: "http_401", retryable: false, requestId: "req_1" }],
    ["a 422", refusal(422), 1, { code: "http_422", retryable: false }],
    ["a 429", refusal(429), 2, { code: "http_429", retryable: true }],
    ["a 500", refusal(500), 2, { code: "http_500", retryable: true }],
    ["a dropped connection", "drop", 2, { code: "unavailable", retryable: true }],
    ["half an answer", "malformed", 1, { code: "unavailable", retryable: true }],
    ["no JSON", { status: 200, body: `no ${CANARY}` }, 1, { code: "malformed" }],
    ["no results", { status: 200, body: { flagged: false } }, 1, { code: "malformed" }],
    ["results that are no list", { status: 200, body: { results: clean } }, 1, { code: "malformed" }],
    ["an empty list", answerOf(), 1, { code: "malformed" }],
    ["a result of nothing", answerOf(null), 1, { code: "malformed" }],
    ["a flag that is a text", answerOf({ ...clean, flagged: "false" }), 1, { code: "malformed" }],
    ["one result without a flag", answerOf(clean, { categories: {} }), 1, { code: "malformed" }],
  ])("by %s is an error that repeats nothing", async (_, fault, tries, error) => {
    const { service, spoil, arrived } = await startEndpoint();
    spoil(fault, tries);
    const thrown: unknown = await service.check({ text: CANARY }).catch((caught: unknown) => caught);
    expect(thrown).toMatchObject({ name: "ServiceError", service: "moderation", ...error });
    expect(inspect(thrown, { depth: 9 })).not.toMatch(new RegExp(`${CANARY}|${KEY}`));
    expect(arrived()).toBe(tries);
  });

  it("that passes is not noticed", async () => {
    const { service, spoil } = await startEndpoint(() => answerOf(bad));
    spoil(refusal(503), 1);
    await expect(service.check({ text: "a fight" })).resolves.toMatchObject({ flagged: true });
  });

  it("is that nobody is there", async () => {
    const service = createOpenAIModerations({
      apiKey: KEY,
      baseUrl: `http://127.0.0.1:${await freePort()}/v1`,
    });
    await expect(service.check({ text: "a boat" })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it.each<[string, Fault | "hang"]>([
    ["that it does not answer", "hang"],
    ["that it asks to wait for long", { status: 429, headers: { "retry-after": "50" }, body: {} }],
  ])("is %s", async (_, fault) => {
    const { service, spoil, arrived } = await startEndpoint(() => new Promise(() => {}), 100);
    if (fault !== "hang") spoil(fault, 1);
    await expect(service.check({ text: "a boat" })).rejects.toMatchObject({
      code: "timeout",
      retryable: true,
    });
    expect(arrived()).toBe(1);
  });

  it("is that its answer does not end", async () => {
    const node = createServer((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"results":[');
    });
    const baseUrl = `http://127.0.0.1:${await listening(node)}/v1`;
    const service = createOpenAIModerations({ apiKey: KEY, baseUrl, timeoutMs: 100 });
    await expect(service.check({ text: "a boat" })).rejects.toMatchObject({ code: "timeout" });
  });

  it.each([301, 307, 308])("is that it sends elsewhere by %i, where the key does not go", async (status) => {
    const elsewhere = await startEndpoint();
    const { service, spoil, arrived } = await startEndpoint();
    spoil({ status, headers: { location: `${elsewhere.baseUrl}/moderations` } }, 1);
    await expect(service.check({ text: "a boat" })).rejects.toMatchObject({ code: "redirected" });
    expect(arrived()).toBe(1);
    expect(elsewhere.arrived()).toBe(0);
  });
});
