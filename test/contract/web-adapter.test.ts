import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import type { Card } from "../../src/chat/card.ts";
import { clipBytes, thumbnailBytes } from "../fakes/fake-videos-client.ts";
import { createBotMemory } from "../fixtures/bot.ts";
import { openTab } from "../fixtures/tab.ts";
import { startWebBot, type WebBot } from "../fixtures/web-bot.ts";

/** Types a line; resolves to its card's job. */
async function create(bot: WebBot, text: string): Promise<string> {
  const known = new Set((await bot.jobs.active()).map(({ id }) => id));
  const answer = await bot.post("/messages", { text });
  expect(answer.status).toBe(204);
  const job = (await bot.jobs.active()).find(({ id }) => !known.has(id));
  if (!job) throw new Error("No job was made.");
  return job.id;
}

/** Has the backend finish the newest video, and waits for the page to show it. */
async function finish(bot: WebBot, jobId: string): Promise<void> {
  const tab = await bot.tab();
  await expect.poll(async () => (await bot.jobs.get(jobId))?.video?.id).toBeDefined();
  const id = (await bot.jobs.get(jobId))?.video?.id ?? "";
  bot.memory.videos.complete(id);
  await bot.poll();
  await tab.event(`job-${jobId}`, "<video");
  await expect.poll(async () => (await bot.jobs.get(jobId))?.phase).toBe("delivered");
  tab.close();
}

const page = async (bot: WebBot, path = "/") => (await fetch(`${bot.url}${path}`)).text();

/** An answer's status, its body thrown away. */
async function statusOf(response: Response): Promise<number> {
  await response.body?.cancel();
  return response.status;
}

const card = (change: Partial<Card> = {}): Card => ({
  jobId: "k3v8zq1xw0",
  revision: 1,
  kind: "progress",
  tone: "neutral",
  title: "Queued",
  prompt: "a red kite",
  lines: [],
  footnote: ["Job ", { code: "k3v8zq1xw0" }],
  buttons: [],
  ...change,
});

const channel = { platform: "web", workspace: "local", channel: "playground" } as const;

describe("a card", () => {
  test("comes to every tab, and to a page opened later", async () => {
    const bot = await startWebBot();
    const tabs = [await bot.tab(), await bot.tab()];
    const id = await create(bot, "a paper boat\nin the <b>rain</b> & wind");
    for (const tab of tabs) {
      const { html } = await tab.event(`id="job-${id}"`);
      expect(html).toContain('<hx-partial hx-target="#feed" hx-swap="beforeend">');
      expect(html).toContain("a paper boat\nin the &lt;b&gt;rain&lt;/b&gt; &amp; wind");
    }
    expect(await page(bot)).toContain("in the &lt;b&gt;rain&lt;/b&gt; &amp; wind");
  });

  test("changes in place as its video moves, and says only a new state aloud", async () => {
    const bot = await startWebBot();
    const id = await create(bot, "a paper boat");
    const tab = await bot.tab();
    await expect.poll(async () => (await bot.jobs.get(id))?.phase).toBe("rendering");
    const video = (await bot.jobs.get(id))?.video?.id ?? "";

    bot.memory.videos.move(video, { status: "in_progress", progress: 20 });
    await bot.poll();
    const started = await tab.event('value="20"');
    expect(started.html).toContain(`<hx-partial hx-target="#job-${id}" hx-swap="outerMorph">`);
    expect(started.html).toContain('hx-target="#announcer" hx-swap="textContent">Rendering: a paper boat');

    bot.memory.videos.move(video, { progress: 60 });
    await bot.poll();
    expect((await tab.event('value="60"')).html).not.toContain("#announcer");
  });

  test("says why its video failed, and retries on a press", async () => {
    const bot = await startWebBot();
    const tab = await bot.tab();
    const id = await create(bot, "a paper boat");
    await expect.poll(async () => (await bot.jobs.get(id))?.phase).toBe("rendering");
    bot.memory.videos.fail((await bot.jobs.get(id))?.video?.id ?? "", {
      code: "moderation_blocked",
      message: "no",
    });
    await bot.poll();
    const { html } = await tab.event("refused by the content rules");
    expect(html).toContain('data-tone="bad"');

    expect((await bot.post("/buttons", { button: `v1:retry:${id}` })).status).toBe(204);
    await tab.event("#feed", "a paper boat", "Queued");
    expect(bot.memory.videos.calls.create).toBe(2);
  });

  test("is posted once, and an older one is never shown over a newer one", async () => {
    const { adapter } = await startWebBot();
    const destination = await adapter.postCard(channel, card());
    await adapter.postCard(channel, card());
    await adapter.editCard(destination, card({ revision: 3, title: "Rendering" }));
    await adapter.editCard(destination, card({ revision: 2, title: "Queued" }));
    const { messages } = await adapter.feed.page({ limit: 10 });
    expect(messages.map((message) => message.card.title)).toEqual(["Rendering"]);
  });

  test("that is not there cannot be edited", async () => {
    const { adapter } = await startWebBot();
    const edit = adapter.editCard({ ...channel, message: "k3v8zq1xw0" }, card());
    await expect(edit).rejects.toMatchObject({ code: "gone", retryable: false });
  });
});

describe("a video that is no longer kept", () => {
  test("leaves its thumbnail and says so, without a download, wherever its card is shown", async () => {
    const bot = await startWebBot();
    const id = await create(bot, "a paper boat");
    await finish(bot, id);
    const address = `${bot.url}/media/${id}/video`;
    const kept = await fetch(address);
    expect(kept.headers.get("cache-control")).toBe("private, no-cache");
    const etag = kept.headers.get("etag") ?? "";
    await kept.body?.cancel();
    expect((await fetch(address, { headers: { "if-none-match": etag } })).status).toBe(304);

    await bot.memory.media.delete(`${id}/video.mp4`);
    expect((await fetch(address, { headers: { "if-none-match": etag } })).status).toBe(404);
    const tab = await openTab(bot.url, { lastEventId: "0" });
    const older = await (await fetch(`${bot.url}/messages?before=${Number.MAX_SAFE_INTEGER}`)).text();
    for (const html of [await page(bot), (await tab.event("a paper boat")).html, older]) {
      expect(html).toContain("no longer kept here");
      expect(html).toMatch(new RegExp(`<img src="/media/${id}/thumbnail"`));
      expect(html).not.toMatch(/<video|download=/);
    }
    tab.close();
  });

  test("is not there when it goes away before it is opened", async () => {
    const bot = await startWebBot();
    const id = await create(bot, "a paper boat");
    await finish(bot, id);
    const known = await bot.memory.media.stat(`${id}/video.mp4`);
    await bot.memory.media.delete(`${id}/video.mp4`);
    bot.memory.media.stat = async () => known;
    const answer = await fetch(`${bot.url}/media/${id}/video`);
    expect(answer.status).toBe(404);
    expect(bot.log()).not.toContain("request failed");
  });
});

describe("a finished video", () => {
  test("plays in its card, with its thumbnail and a description", async () => {
    const bot = await startWebBot();
    const id = await create(bot, 'a "paper" boat');
    await finish(bot, id);
    const html = await page(bot);
    expect(html).toContain(`src="/media/${id}/video" poster="/media/${id}/thumbnail" controls playsinline`);
    expect(html).toContain('aria-label="AI-generated video: a &quot;paper&quot; boat"');
    expect(html).toContain(`download="showreel-${id}.mp4"`);

    const video = await fetch(`${bot.url}/media/${id}/video`);
    expect(video.headers.get("content-type")).toBe("video/mp4");
    expect(Buffer.from(await video.arrayBuffer())).toEqual(clipBytes);
    const thumbnail = await fetch(`${bot.url}/media/${id}/thumbnail`);
    expect(thumbnail.headers.get("content-type")).toBe("image/webp");
    expect(Buffer.from(await thumbnail.arrayBuffer())).toEqual(thumbnailBytes);
  });

  test("is served in the ranges that players ask for", async () => {
    const bot = await startWebBot();
    const id = await create(bot, "a boat");
    await finish(bot, id);
    const get = (headers: Record<string, string>) => fetch(`${bot.url}/media/${id}/video`, { headers });
    const size = clipBytes.length;

    const middle = await get({ range: "bytes=100-199" });
    expect(middle.status).toBe(206);
    expect(middle.headers.get("content-range")).toBe(`bytes 100-199/${size}`);
    expect(Buffer.from(await middle.arrayBuffer())).toEqual(clipBytes.subarray(100, 200));

    const etag = middle.headers.get("etag") ?? "";
    expect(await statusOf(await get({ range: "bytes=0-9", "if-range": etag }))).toBe(206);
    expect(await statusOf(await get({ range: "bytes=0-9", "if-range": '"another"' }))).toBe(200);
    expect(await statusOf(await get({ "if-none-match": etag }))).toBe(304);
    const beyond = await get({ range: `bytes=${size}-` });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${size}`]);
  });

  test("is delivered again without another message", async () => {
    const bot = await startWebBot();
    const id = await create(bot, "a boat");
    await finish(bot, id);
    const { media } = bot.memory;
    const video = {
      key: `${id}/video.mp4`,
      filename: `showreel-${id}.mp4`,
      contentType: "video/mp4",
      bytes: clipBytes.length,
      open: () => media.read(`${id}/video.mp4`),
      blob: (until: AbortSignal) => media.blob(`${id}/video.mp4`, "video/mp4", until),
    };
    const destination = { ...channel, message: id };
    await bot.adapter.deliver({
      destination,
      card: card({ jobId: id, revision: 99, kind: "final", title: "Done" }),
      video,
      thumbnail: undefined,
      requester: { id: "you", name: "You" },
      ping: "reply",
      uploadLimitBytes: undefined,
      checkpoint: undefined,
      save: async () => {},
      turn: async () => {},
    });
    expect((await page(bot)).match(/<article class="message" id=/g)).toHaveLength(1);
  });

  test("of nobody here is not served", async () => {
    const bot = await startWebBot();
    await bot.memory.media.put("elsewhere0/video.mp4", [clipBytes]);
    expect((await fetch(`${bot.url}/media/elsewhere0/video`)).status).toBe(404);
    expect(await buffer(bot.memory.media.read("elsewhere0/video.mp4"))).toEqual(clipBytes);
  });
});

describe("remix", () => {
  test("opens a form with the prompt; the new card links to its parent, which counts it", async () => {
    const bot = await startWebBot();
    const parent = await create(bot, "a boat <1>");
    await finish(bot, parent);
    const tab = await bot.tab();

    const opened = await bot.post("/buttons", { button: `v1:remix:${parent}` });
    expect(opened.headers.get("hx-retarget")).toBe("#form-slot");
    const form = await opened.text();
    expect(form).toContain("<dialog");
    expect(form).toContain('action="/commands/remix"');
    expect(form).toContain(`name="video" value="${parent}"`);
    expect(form).toContain("a boat &lt;1&gt;</textarea>");

    expect((await bot.post("/commands/remix", { video: parent, prompt: "at night" })).status).toBe(204);
    const { html } = await tab.event("at night", "Remix of");
    expect(html).toContain(`<a href="/?show=${parent}#job-${parent}">${parent}</a>`);
    await tab.event(`hx-target="#job-${parent}"`, "Remixed once");
  });
});

describe("a restart", () => {
  test("keeps messages and videos; buttons of before still work", async () => {
    const memory = await createBotMemory(Date.now);
    const first = await startWebBot({ memory });
    const done = await create(first, "the first");
    await finish(first, done);
    const going = await create(first, "the second");
    await expect.poll(async () => (await first.jobs.get(going))?.phase).toBe("rendering");
    await first.stop();

    const second = await startWebBot({ memory });
    const html = await page(second);
    expect(html.indexOf("the first")).toBeLessThan(html.indexOf("the second"));
    expect(await statusOf(await fetch(`${second.url}/media/${done}/video`))).toBe(200);
    await finish(second, going);
    const form = await second.post("/buttons", { button: `v1:remix:${done}` });
    expect(await form.text()).toContain("the first</textarea>");
  });
});
