import { describe, expect, test } from "vitest";
import type { FeedMessage } from "../../../src/web/feed.ts";
import { renderMessage } from "../../../src/web/messages.ts";
import { renderNotice } from "../../../src/web/private-answers.ts";

const message: FeedMessage = {
  card: {
    jobId: "k3v8zq1xw0",
    revision: 4,
    kind: "progress",
    tone: "neutral",
    title: "Rendering",
    prompt: "a kite",
    lines: [],
    footnote: [],
    buttons: [],
    frame: { width: 1280, height: 720 },
    progress: { percent: 36, label: "3 s so far" },
  },
  postedAt: Date.UTC(2026, 10, 23, 10, 57),
  stateAt: 0,
  changedAt: 0,
};

const file = { key: "k/video.mp4", bytes: 9, contentType: "video/mp4", filename: "k.mp4" };

const render = async (change: Partial<FeedMessage["card"]>) =>
  String(await renderMessage({ ...message, card: { ...message.card, ...change } }));

describe("renderMessage", () => {
  test("escapes everything that a person wrote", async () => {
    const evil = `<script>alert("x")</script>'&`;
    const html = await render({
      prompt: evil,
      lines: [
        [
          evil,
          { bold: evil },
          { code: evil },
          { person: "you", name: evil },
          { link: `/?show="${evil}`, text: evil },
        ],
      ],
      progress: { percent: undefined, label: evil },
    });
    expect(html).not.toContain("<script");
    expect(html.match(/&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;&#39;&amp;/g)).toHaveLength(8);
    expect(html).toContain(`href="/?show=&quot;&lt;script&gt;`);
  });

  test("shows the percentage that the backend reports, and none that it does not", async () => {
    expect(await render({})).toContain('max="100" value="36"');
    expect(await render({ progress: { percent: undefined, label: "3 s so far" } })).not.toContain("value=");
  });

  test("keeps the video's place in its shape until it is there", async () => {
    expect(await render({})).toContain('viewBox="0 0 1280 720" width="1280" height="720"');
  });

  test("runs from the side that its words run from", async () => {
    const html = await render({ prompt: "سفينة", lines: [["by Ada"]] });
    expect(html).toContain('<blockquote class="prompt" dir="auto">سفينة');
    expect(html).toContain('<p dir="auto">by Ada</p>');
  });

  test("of a spoiler that is no longer kept shows no picture", async () => {
    const { progress: _, ...still } = message.card;
    const gone = { ...message, card: { ...still, spoiler: true }, thumbnail: file, videoGone: true } as const;
    const html = String(await renderMessage(gone));
    expect(html).toContain("no longer kept here");
    expect(html).not.toMatch(/<img|class="screen"/);
  });

  test("has no screen where there will be no video", async () => {
    const { progress: _, ...failed } = message.card;
    const html = String(
      await renderMessage({ ...message, card: { ...failed, title: "Failed", tone: "bad" } }),
    );
    expect(html).not.toContain('class="screen"');
  });

  test("has buttons that work without a script, with the same value that chats carry", async () => {
    const html = await render({
      buttons: [{ action: "remix", argument: "k3v8zq1xw0", label: "Remix", style: "primary" }],
    });
    expect(html).toMatch(
      /<form method="post" action="\/buttons"[^>]*>\s*<button[^>]*value="v1:remix:k3v8zq1xw0"[^>]*>Remix</,
    );
  });
});

describe("a spoiler", () => {
  const { progress: _, ...still } = message.card;
  const renderDone = async (spoiler: boolean) =>
    String(await renderMessage({ ...message, card: { ...still, spoiler }, video: file, thumbnail: file }));

  test("stays covered, and loads nothing, until somebody wants to see it", async () => {
    const html = await renderDone(true);
    expect(html).toMatch(
      /<details class="spoiler" id="[^"]+">\s*<summary>[\s\S]*Show[\s\S]*<\/summary>\s*<video/,
    );
    expect(html).toContain('preload="none"');
    expect(html).not.toMatch(/<details[^>]* open/);
  });

  test("is what a card asks for", async () => {
    expect(await renderDone(false)).not.toContain("<details");
  });
});

describe("renderNotice", () => {
  test("says that nobody else sees it", async () => {
    const html = String(await renderNotice({ tone: "error", lines: [["There is no <b> here."]] }));
    expect(html).toContain("There is no &lt;b&gt; here.");
    expect(html).toContain("Only you can see this");
  });
});
