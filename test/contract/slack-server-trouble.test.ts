import type { ModalView } from "@slack/types";
import { WebAPIRateLimitedError, type WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServerClock } from "../servers/slack/clock.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import { createWebClient, refusalOf } from "../servers/slack/web-client.ts";

const general = "C1GENERAL";
let slack: SlackServer;
let client: WebClient;
beforeEach(async () => {
  slack = await createSlackServer({ clock: createServerClock({ isFrozen: true }) });
  client = createWebClient({ apiUrl: slack.apiUrl, token: slack.team().botToken });
});
afterEach(() => slack.close());

const post = (channel: string, text = "hello") => client.chat.postMessage({ channel, text });
const form = (parts: Partial<ModalView> = {}): ModalView => ({
  type: "modal",
  title: { type: "plain_text", text: "Title" },
  blocks: [{ type: "divider" }],
  ...parts,
});

/** A trigger as a command gives it; nobody has to listen for that. */
async function triggerId() {
  const { payload } = await slack.person("ada").slash({ channel: "general", command: "/video" });
  return String(payload.trigger_id);
}

describe("forms", () => {
  test("a trigger opens one view within three seconds", async () => {
    const trigger_id = await triggerId();
    await client.views.open({ trigger_id, view: form() });
    const late = await triggerId();
    slack.advance(3001);
    for (const [trigger, error] of [
      [trigger_id, "exchanged_trigger_id"],
      [late, "expired_trigger_id"],
      ["1.2.x", "invalid_trigger_id"],
    ] as const) {
      expect(await refusalOf(client.views.open({ trigger_id: trigger, view: form() }))).toMatchObject({
        error,
      });
    }
    const [view] = slack.views;
    const update = { view_id: view?.id ?? "", view: form({ private_metadata: "2" }) };
    await client.views.update({ ...update, hash: view?.hash ?? "" });
    expect(view?.private_metadata).toBe("2");
    expect(await refusalOf(client.views.update({ ...update, hash: "old" }))).toMatchObject({
      error: "hash_conflict",
    });
  });

  test("refuses a view with its reasons", async () => {
    const view = form({
      title: { type: "plain_text", text: "x".repeat(25) },
      private_metadata: "x".repeat(3001),
    });
    const { error, messages } = await refusalOf(client.views.open({ trigger_id: await triggerId(), view }));
    expect(error).toBe("invalid_arguments");
    expect(messages).toEqual([
      "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
      "[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ]);
  });
});

test("a response URL serves five times and half an hour", async () => {
  const { payload } = await slack.person("bob").slash({ channel: "general", command: "/video" });
  const answer = (body: object) =>
    fetch(String(payload.response_url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await answer({ text: "only you" });
  await answer({ text: "all", response_type: "in_channel" });
  expect((await answer({ blocks: [{ type: "header" }] })).status).toBe(400);
  expect(slack.ephemerals.at(-1)).toMatchObject({ user: "U1BOB", text: "only you", via: "response_url" });
  expect(slack.channel("general").messages).toMatchObject([{ text: "all", user: "U1BOT" }]);
  for (let use = 3; use < 5; use += 1) expect((await answer({ text: "more" })).status).toBe(200);
  expect(await (await answer({ text: "sixth" })).json()).toEqual({ ok: false, error: "used_url" });
  slack.advance(30 * 60_000 + 1);
  expect(await (await answer({ text: "late" })).json()).toEqual({ ok: false, error: "expired_url" });
});

describe("trouble", () => {
  test("rate limits are counted, told by 429 or by a 200", async () => {
    for (let sent = 0; sent < 6; sent += 1) await post(general);
    expect(slack.rateLimits.exceeded).toMatchObject([{ method: "chat.postMessage", retryAfterSeconds: 1 }]);
    slack.rateLimits.mode = "429";
    await expect(post(general)).rejects.toThrow(WebAPIRateLimitedError);
    await post("C1SECRET");
    slack.rateLimits.mode = "200";
    expect(await refusalOf(post(general))).toMatchObject({ error: "ratelimited" });
    slack.advance(1000);
    await post(general);
  });

  test("faults come before or after the effect", async () => {
    slack.inject({ method: "chat.postMessage", fault: { status: 503 } });
    slack.inject({ method: "chat.postMessage", fault: "drop" });
    slack.inject({ method: "chat.postMessage", fault: { after: "drop" } });
    slack.inject({ method: "chat.postMessage", fault: "malformed" });
    for (let sent = 0; sent < 4; sent += 1) await expect(post(general, `text ${sent}`)).rejects.toThrow();
    await slack.waitFor(() => slack.requests.length === 4);
    expect(slack.channel("general").messages.map(({ text }) => text)).toEqual(["text 2", "text 3"]);
    expect(slack.requests[0]).toEqual({
      method: "chat.postMessage",
      status: 503,
      body: { channel: general, text: "text 0" },
    });
  });

  test("what Slack does not know does not pass", async () => {
    const other = await createSlackServer();
    const lost = createWebClient({ apiUrl: other.apiUrl, token: other.team().botToken });
    await lost.apiCall("auth.test", { colour: "red" });
    expect(() => other.assertClean()).toThrow("auth.test takes no argument colour");
    await expect(lost.reactions.list()).rejects.toThrow("501");
    expect(other.unknownRoutes).toEqual(["POST /api/reactions.list"]);
    await expect(other.close()).rejects.toThrow("POST /api/reactions.list");
  });

  test("a wait that fails says what is there", async () => {
    await post(general, "still queued");
    const wait = slack.waitFor(() => false, { description: "a video", timeoutMs: 1 });
    await expect(wait).rejects.toThrow(/a video did not come[\s\S]*still queued/);
  });
});
