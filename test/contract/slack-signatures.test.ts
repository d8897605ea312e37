import { createHmac } from "node:crypto";
import { request } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { createBotMemory } from "../fixtures/bot.ts";
import { startSlackBot } from "../fixtures/slack-bot.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

/** A bot that Slack reaches over HTTP, and whoever else finds its address. */
async function setScene() {
  const slack = await createSlackServer();
  const memory = await createBotMemory(Date.now);
  const lines: string[] = [];
  // Slack's own side is told the address; here somebody else uses it.
  let url = "";
  const { connectHttp } = slack;
  const listening = Object.assign(slack, {
    connectHttp: (target: Parameters<typeof connectHttp>[0]) => {
      url = target.url;
      return connectHttp(target);
    },
  });
  const bot = await startSlackBot(listening, { mode: "HTTP", memory, lines });
  onTestFinished(async () => {
    await bot.stop();
    await slack.close();
  });
  const ada = slack.person("ada").user;
  const body = new URLSearchParams({
    command: "/video",
    text: "a boat",
    team_id: "T1",
    user_id: ada.id,
    user_name: ada.name,
    channel_id: slack.channel("general").id,
    trigger_id: "1.2.captured",
    response_url: `${slack.apiUrl}nowhere`,
    api_app_id: "A1",
  }).toString();

  function sign(text: string, { secret = slack.signingSecret, aheadSeconds = 0, version = "v0" } = {}) {
    const timestamp = String(Math.floor(Date.now() / 1000) + aheadSeconds);
    const digest = createHmac("sha256", secret).update(`${version}:${timestamp}:${text}`).digest("hex");
    return { "x-slack-request-timestamp": timestamp, "x-slack-signature": `${version}=${digest}` };
  }

  /** Each on a connection of its own, which is cut with the answer, also in the middle of the body. */
  function post(headers: Record<string, string>, text = body): Promise<number> {
    const type = "application/x-www-form-urlencoded";
    return new Promise((resolve, reject) => {
      const options = { method: "POST", agent: false, headers: { "content-type": type, ...headers } };
      const asked = request(url, options, (response) => {
        resolve(response.statusCode ?? 0);
        asked.destroy();
      });
      asked.on("error", reject);
      asked.end(text);
    });
  }
  const jobs = async () => (await bot.jobs.history({ platform: "slack", workspace: "T1" })).length;
  return { slack, memory, post, sign, jobs, body, log: () => lines.join("") };
}

it("refuses what Slack has not signed, has signed long ago, or for another time or text", async () => {
  const { post, sign, jobs, body, memory } = await setScene();
  const right = sign(body);
  const [digest = ""] = right["x-slack-signature"].split("=").slice(1);
  const wrong: [string, Record<string, string>, string?][] = [
    ["no signature", {}],
    ["no time", { "x-slack-signature": right["x-slack-signature"] }],
    ["a time alone", { "x-slack-request-timestamp": right["x-slack-request-timestamp"] }],
    ["another secret", sign(body, { secret: "another" })],
    ["an empty signature", { ...right, "x-slack-signature": "" }],
    ["a version alone", { ...right, "x-slack-signature": "v0=" }],
    ["another version", sign(body, { version: "v1" })],
    ["half a signature", { ...right, "x-slack-signature": `v0=${digest.slice(0, 32)}` }],
    [
      "a changed signature",
      { ...right, "x-slack-signature": `v0=${digest.replace(/^./, (d) => (d === "0" ? "1" : "0"))}` },
    ],
    ["a signature in capitals", { ...right, "x-slack-signature": `v0=${digest.toUpperCase()}` }],
    ["a changed text", right, body.replace("boat", "bomb")],
    ["a text with more behind it", right, `${body}&text=more`],
    [
      "a time that is changed",
      { ...right, "x-slack-request-timestamp": String(Math.floor(Date.now() / 1000) + 1) },
    ],
    ["a time that is none", { ...right, "x-slack-request-timestamp": "now" }],
    ["more than five minutes ago", sign(body, { aheadSeconds: -310 })],
    ["in more than five minutes", sign(body, { aheadSeconds: 310 })],
  ];
  for (const [what, headers, text] of wrong) {
    expect([what, await post(headers, text ?? body)]).toEqual([what, 401]);
  }
  expect(await jobs()).toBe(0);
  expect(await post(right)).toBe(200);
  await expect.poll(() => memory.videos.all().length).toBe(1);
});

it("takes what is sent twice once", async () => {
  const { post, sign, jobs, body, memory, slack } = await setScene();
  const signed = sign(body);
  expect(await post(signed)).toBe(200);
  await expect.poll(() => memory.videos.all().length).toBe(1);
  for (let n = 0; n < 3; n++) expect(await post(signed)).toBe(200);
  // Another one is taken after them.
  const other = body.replace("captured", "another");
  expect(await post(sign(other), other)).toBe(200);
  await expect.poll(() => memory.videos.all().length).toBe(2);
  expect(await jobs()).toBe(2);
  expect(slack.channel("general").messages.filter(({ bot_id }) => bot_id !== undefined)).toHaveLength(2);
});

it("takes nothing with the check of certificates, which is not signed", async () => {
  const { post, jobs, body, log } = await setScene();
  expect(await post({}, `${body}&ssl_check=1`)).toBe(200);
  expect(await post({}, `ssl_check=1&payload=${encodeURIComponent('{"type":"block_actions"}')}`)).toBe(200);
  expect(await jobs()).toBe(0);
  expect(log()).not.toContain("failed");
});

it("reads no more than a few megabytes of what nobody has signed", async () => {
  const { post, jobs, sign, body } = await setScene();
  const large = "a".repeat(5 * 1024 ** 2);
  expect(await post({ "content-length": String(large.length) }, large)).toBe(413);
  expect(await post({ "transfer-encoding": "chunked" }, large)).toBe(413);
  expect(await jobs()).toBe(0);
  expect(await post(sign(body))).toBe(200);
});
