import { describe, expect, test } from "vitest";
import type { ChatAdapter, ChatRequest } from "../../src/chat/adapter.ts";
import type { Notice } from "../../src/chat/card.ts";
import type { Form, FormField } from "../../src/chat/form.ts";
import type { Page, PageButton } from "../../src/chat/page.ts";
import { createStore } from "../../src/store/create-store.ts";
import { clipBytes, thumbnailBytes } from "../fakes/fake-videos-client.ts";
import { createMemoryMediaStore } from "../fakes/memory-media-store.ts";
import { servePage } from "../fixtures/web-bot.ts";
import { card, done, fileOf, jobId, tombstone } from "./suites/chat-adapter-harness.ts";

const media = createMemoryMediaStore();
await media.put(`${jobId}/video.mp4`, [clipBytes]);
await media.put(`${jobId}/thumbnail.webp`, [thumbnailBytes]);
const video = fileOf(media, "video.mp4", clipBytes);
const thumbnail = fileOf(media, "thumbnail.webp", thumbnailBytes);

/** A page over a bot that gives each request the same answer. */
async function openPage(
  answer: (request: ChatRequest) => Promise<void>,
  options: { password?: string; now?: () => number } = {},
) {
  const complete = async () => [];
  const begin = (adapter: ChatAdapter) => adapter.start({ handle: answer, complete, event: async () => {} });
  return servePage({ memory: { store: await createStore({ url: "memory:" }), media }, begin, ...options });
}

const aPage = (change: Partial<Page> = {}): Page => ({
  title: "Videos <here>",
  lines: [],
  rows: [],
  buttons: [{ action: "list", argument: "p.2", label: "Older", style: "secondary" }],
  ...change,
});

async function bodyOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

const one = (html: string, pattern: RegExp) => pattern.exec(html)?.[1] ?? "";

describe("a page", () => {
  test("comes at the end of the messages, and what a press leads to in its place", async () => {
    const { post, adapter } = await openPage(({ reply }) => reply.page(aPage()));
    const opened = await post("/messages", { text: "/video list" });
    expect(opened.headers.get("hx-retarget")).toBe("#feed");
    const html = await opened.text();
    const id = one(html, /id="(page-[\w-]+)"/);
    expect(html).toContain("Videos &lt;here&gt;");
    expect(html).toContain("Only you can see this");
    expect(html).toContain('hx-target="#announcer" hx-swap="textContent">Videos &lt;here&gt;<');
    expect(JSON.parse(opened.headers.get("hx-trigger") ?? "")).toEqual({ accepted: { page: id } });
    expect(html).toMatch(/<form [^>]*hx-target="closest \.page" hx-swap="outerHTML"/);

    const pressed = await post("/buttons", { button: "v1:list:p.2", page: id });
    expect(pressed.headers.get("hx-retarget")).toBeNull();
    expect(pressed.headers.get("hx-trigger")).toBeNull();
    expect(await pressed.text()).toContain(`<article class="message notice page" id="${id}"`);
    expect((await adapter.feed.page({ limit: 9 })).messages).toEqual([]);
  });

  test("takes no place that is none of this server's", async () => {
    const { post } = await openPage(({ reply }) => reply.page(aPage()));
    const pressed = await post("/buttons", { button: "v1:list:p.2", page: '"><script>' });
    expect(pressed.headers.get("hx-retarget")).toBe("#feed");
    expect(await pressed.text()).not.toContain("<script");
  });

  test("works without scripts: each press shows the channel with the answer", async () => {
    const { url } = await openPage(({ invocation, reply }) =>
      reply.page(aPage({ title: invocation.kind === "button" ? "Older ones" : "Newest" })),
    );
    const send = async (path: string, fields: Record<string, string>) => {
      const sent = { method: "POST", headers: { origin: url }, body: new URLSearchParams(fields) };
      return (await fetch(`${url}${path}`, sent)).text();
    };
    const opened = await send("/messages", { text: "/video list" });
    expect(opened).toMatch(/<!doctype html>.*Newest/s);
    expect(opened).toMatch(/<form method="post" action="\/buttons"[^>]*>\s*<input type="hidden" name="page"/);
    const page = one(opened, /id="(page-[\w-]+)"/);
    expect(await send("/buttons", { button: "v1:list:p.2", page })).toMatch(/<!doctype html>.*Older ones/s);
  });

  test.each([
    ["/?show=a#job-a", 'href="/?show=a#job-a"'],
    ["https://reel.example/g?a=1&b=2", 'href="https://reel.example/g?a=1&amp;b=2" target="_blank"'],
    ["javascript:alert(1)", undefined],
    ["//evil.example", undefined],
    ["/\\evil.example", undefined],
    ["data:text/html,hi", undefined],
  ])("leads to %j", async (link, attribute) => {
    const button: PageButton = { label: "Go to it", style: "secondary", link };
    const { post } = await openPage(({ reply }) => reply.page(aPage({ buttons: [button] })));
    const html = await (await post("/messages", { text: "/video list" })).text();
    if (attribute === undefined) expect(html).not.toContain("Go to it");
    else expect(html).toContain(`<a class="button" data-style="secondary" ${attribute}`);
  });
});

describe("a private answer's file", () => {
  const notice: Notice = { tone: "info", lines: [["Here it is."]], file: video };
  const addressIn = async (response: Response) => one(await response.text(), /src="(\/shown\/[^"]+)"/);

  test("plays in it, in ranges, and can be downloaded", async () => {
    const { post, url } = await openPage(({ reply }) => reply.private(notice));
    const html = await (await post("/messages", { text: "/video download" })).text();
    const address = one(html, /<video [^>]*src="([^"]+)"/);
    expect(html).toContain(`<a class="button" href="${address}" download="showreel-${jobId}.mp4">`);
    const whole = await fetch(`${url}${address}`);
    expect(whole.headers.get("content-type")).toBe("video/mp4");
    expect(whole.headers.get("cache-control")).toBe("private, no-cache");
    expect(await bodyOf(whole)).toEqual(clipBytes);
    const part = await fetch(`${url}${address}`, { headers: { range: "bytes=100-199" } });
    expect(part.status).toBe(206);
    expect(await bodyOf(part)).toEqual(clipBytes.subarray(100, 200));
  });

  test("is a picture where it is one", async () => {
    const { post, url } = await openPage(({ reply }) => reply.private({ ...notice, file: thumbnail }));
    const html = await (await post("/messages", { text: "/video download" })).text();
    const address = one(html, /<img src="([^"]+)"/);
    expect(await bodyOf(await fetch(`${url}${address}`))).toEqual(thumbnailBytes);
  });

  test("is served for as long as an answer may stay open, and only while it is there", async () => {
    let time = Date.now();
    await media.put("another000/video.mp4", [clipBytes]);
    const file = { ...video, key: "another000/video.mp4" };
    const { post, url } = await openPage(({ reply }) => reply.private({ ...notice, file }), {
      now: () => time,
    });
    const ask = async () => addressIn(await post("/messages", { text: "/video download" }));
    const statusOf = async (address: string) => {
      const response = await fetch(`${url}${address}`);
      await response.body?.cancel();
      return response.status;
    };
    const first = await ask();
    expect(await statusOf(first)).toBe(200);
    time += 13 * 3_600_000;
    expect(await statusOf(first)).toBe(404);
    const second = await ask();
    await media.delete("another000");
    expect(await statusOf(second)).toBe(404);
    for (const path of ["/shown/x", `/shown/${jobId}%2Fvideo.mp4`, `/media/${jobId}/video`])
      expect(await statusOf(path)).toBe(404);
  });

  test("is closed like everything else where there is a password", async () => {
    const { url } = await openPage(async () => {}, { password: "open sesame" });
    const { status } = await fetch(`${url}/shown/anything`, { redirect: "manual" });
    expect(status).toBe(303);
  });
});

describe("a form", () => {
  const field = (name: string, option: FormField["option"], initial?: string): FormField => ({
    name,
    option,
    ...(initial !== undefined && { initial }),
  });
  const choices = () => ["sora-2", "sora-2-pro"].map((value) => ({ value, label: value }));
  const openForm = async (fields: FormField[], hidden: Form["hidden"] = {}) => {
    const form = { command: "settings", title: "Settings", submitLabel: "Save", intro: [], fields, hidden };
    const { post } = await openPage(({ reply }) => reply.form(form));
    return (await post("/messages", { text: "/video settings" })).text();
  };

  test("has an input for each type of option", async () => {
    const html = await openForm([
      field("by", { type: "person", description: "Whose" }, 'A "da"'),
      field("picture", { type: "hidden", description: "Travels along" }, "r1"),
      field("image", { type: "image", description: "To start from" }),
    ]);
    expect(html).toMatch(/<input id="field-by" [^>]*type="text" value="A &quot;da&quot;"/);
    expect(html).toContain('<input type="hidden" name="picture" value="r1" />');
    expect(html).not.toContain("Travels along");
    expect(html).toMatch(/<input id="field-image" [^>]*type="file"/);
  });

  test("picks nothing where a choice has no beginning, and lets people take theirs back", async () => {
    const html = await openForm([field("model", { type: "choice", description: "Which", choices })]);
    expect(html).toMatch(/value="" checked \/>\s*<span>No preference/);
    expect(html).not.toMatch(/value="sora-2" checked/);
  });

  test("picks nothing of its own where one must be made", async () => {
    const option = { type: "choice", description: "Which", choices, required: true } as const;
    const html = await openForm([field("model", option)]);
    expect(html).not.toContain("No preference");
    expect(html).not.toContain("checked");
    expect(html).toMatch(/type="radio" name="model" value="sora-2" required/);
  });

  test("leaves out what was not picked when it is sent", async () => {
    const sent: ChatRequest["invocation"][] = [];
    const { post } = await openPage(async ({ invocation }) => void sent.push(invocation));
    await post("/commands/settings", { model: "", ping: "none", picture: "r1" });
    expect(sent).toEqual([{ kind: "command", name: "settings", values: { ping: "none", picture: "r1" } }]);
  });

  test("that leads to a page closes, and the page comes at the end", async () => {
    const { post } = await openPage(({ reply }) => reply.page(aPage({ title: "Saved" })));
    const answer = await post("/commands/settings", { ping: "none" });
    expect(answer.headers.get("hx-retarget")).toBe("#feed");
    expect(answer.headers.get("hx-trigger")).toContain("accepted");
    expect(await answer.text()).toContain("Saved");
  });
});

describe("a video taken back", () => {
  test("goes from every tab, and is no longer served", async () => {
    const { adapter, url, tab } = await openPage(async () => {});
    const channel = { platform: "web", workspace: "local", channel: "playground" } as const;
    const destination = await adapter.postCard(channel, card());
    const result = await adapter.deliver({
      ...{ destination, card: done, video, thumbnail, ping: "none", uploadLimitBytes: undefined },
      ...{
        requester: { id: "you", name: "You" },
        checkpoint: undefined,
        save: async () => {},
        turn: async () => {},
      },
    });
    const files = [`${url}/media/${jobId}/video`, `${url}/media/${jobId}/thumbnail`];
    const statuses = () => Promise.all(files.map(async (file) => (await fetch(file)).status));
    expect(await statuses()).toEqual([200, 200]);

    const open = await tab();
    await adapter.retract({ destination, result, checkpoint: undefined, card: tombstone });
    const { html } = await open.event(`hx-target="#job-${jobId}" hx-swap="outerMorph"`, "was deleted");
    expect(html).not.toContain("<video");
    expect(html).not.toContain("Download");
    expect(await statuses()).toEqual([404, 404]);
  });
});
