import { createHmac } from "node:crypto";
import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createStore } from "../../../src/store/create-store.ts";
import { createWebhookReader } from "../../../src/videos/openai-calls.ts";
import { createWebhooks } from "../../../src/web/webhooks.ts";

const KEY = Buffer.from("a key of the backend's, 24 b");
const SECRET = `whsec_${KEY.toString("base64")}`;
const event = (videoId: string, type = "video.completed") =>
  JSON.stringify({ object: "event", id: "evt_1", type, created_at: 1, data: { id: videoId } });

/** As the specification says (standard-webhooks.com): id, time in seconds and body, signed with HMAC-SHA256. */
function signed(
  body: string,
  { id = "evt_1", at = Date.now(), key = KEY }: { id?: string; at?: number; key?: Buffer } = {},
): Record<string, string> {
  const seconds = String(Math.floor(at / 1000));
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${signature}` };
}

async function scene() {
  const looked: string[] = [];
  const webhooks = createWebhooks({
    read: createWebhookReader(SECRET),
    look: async (videoId) => void looked.push(videoId),
    store: await createStore({ url: "memory:" }),
    now: Date.now,
    logger: pino({ level: "silent" }),
  });
  const post = async (body: string, headers: Record<string, string>) =>
    (await webhooks.request("/videos", { method: "POST", body, headers })).status;
  return { looked, post };
}

describe("a webhook", () => {
  it.each(["video.completed", "video.failed"])(
    "signed by the backend has the video looked at (%s)",
    async (type) => {
      const { looked, post } = await scene();
      const body = event("video_1", type);
      expect(await post(body, signed(body))).toBe(200);
      expect(looked).toEqual(["video_1"]);
    },
  );

  it("that comes again is answered, and nothing is done", async () => {
    const { looked, post } = await scene();
    const body = event("video_1");
    const headers = signed(body);
    expect([await post(body, headers), await post(body, headers)]).toEqual([200, 200]);
    expect(looked).toEqual(["video_1"]);
  });

  const body = event("video_1");
  const MINUTE = 60_000;
  it.each<[string, string, Record<string, string>]>([
    ["signed with another key", body, signed(body, { key: Buffer.alloc(24) })],
    ["of another body", body, signed(event("video_2"))],
    ["of another id", body, { ...signed(body), "webhook-id": "evt_2" }],
    ["older than five minutes", body, signed(body, { at: Date.now() - 6 * MINUTE })],
    ["from the future", body, signed(body, { at: Date.now() + 6 * MINUTE })],
    ["without a signature", body, {}],
    ["with an empty one", body, { ...signed(body), "webhook-signature": "" }],
    ["with a time that is none", body, { ...signed(body), "webhook-timestamp": "soon" }],
  ])("%s is refused", async (_how, text, headers) => {
    const { looked, post } = await scene();
    expect(await post(text, headers)).toBe(401);
    expect(looked).toEqual([]);
  });

  it.each([["{"], ["null"], ['{"type":"video.completed"}'], [event("x", "response.completed")], ["[]"]])(
    "about nothing is taken and left (%s)",
    async (text) => {
      const { looked, post } = await scene();
      expect(await post(text, signed(text))).toBeLessThan(500);
      expect(looked).toEqual([]);
    },
  );

  it("that is too large is not read", async () => {
    const { post } = await scene();
    const text = event("v".repeat(100_000));
    expect(await post(text, signed(text))).toBe(413);
  });

  it("of any bytes and any headers is an answer and never a failure", async () => {
    const { looked, post } = await scene();
    const header = fc.stringMatching(/^[!-~]{0,60}$/);
    await fc.assert(
      fc.asyncProperty(fc.string(), header, header, header, async (text, id, at, signature) => {
        const headers = { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature };
        expect(await post(text, headers)).toBe(401);
      }),
      { numRuns: 500 },
    );
    expect(looked).toEqual([]);
  });
});
