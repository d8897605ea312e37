import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { createBotMemory } from "../fixtures/bot.ts";
import { attributes } from "../fixtures/markup.ts";
import { noise } from "../fixtures/pictures.ts";
import { openTab } from "../fixtures/tab.ts";
import { startWebBot } from "../fixtures/web-bot.ts";

const page = async (url: string) => (await fetch(url)).text();

describe("a private answer", () => {
  test("reaches the tab that asked and no other, and is not kept", async () => {
    const bot = await startWebBot();
    const other = await bot.tab();
    const answer = await bot.post("/messages", { text: "/video help" });
    expect(answer.headers.get("hx-retarget")).toBe("#feed");
    const html = await answer.text();
    expect(html).toContain("Only you can see this");
    expect(html).toContain("<code>/video create</code>");

    await bot.post("/messages", { text: "a boat" });
    await other.event("a boat");
    expect(other.events.filter((event) => event.html.includes("Only you"))).toEqual([]);
    expect(await page(bot.url)).not.toContain("<code>/video create</code>");
  });

  test.each([
    ["another command", "/nope", "There is no /nope here."],
    ["a size there is not", "a boat --size huge", "“huge”"],
    ["a flag there is not", "a boat --sise 720x1280", "“--sise”"],
    ["an id there is not", "/video status nosuchjob0", "“nosuchjob0”"],
    ["a prompt too long", "a".repeat(3001), "3001 characters"],
  ])("says what is wrong with %s, and makes nothing", async (_, text, words) => {
    const bot = await startWebBot();
    const answer = await bot.post("/messages", { text });
    expect(answer.headers.get("hx-trigger")).toBeNull();
    expect(await answer.text()).toContain(words);
    expect(bot.memory.videos.calls.create).toBe(0);
  });
});

describe("a typed line", () => {
  test.each([
    ["help me up the stairs", "help me up the stairs"],
    ["/video a boat --seconds 8", "a boat"],
    ["/VIDEO create remix of a song", "remix of a song"],
    ["first line\r\nsecond line", "first line\nsecond line"],
    ["“quoted” — and 100 % 🎈", "“quoted” — and 100 % 🎈"],
  ])("%j makes a video of %j", async (text, prompt) => {
    const bot = await startWebBot();
    expect((await bot.post("/messages", { text })).status).toBe(204);
    expect((await bot.jobs.active()).map((job) => job.request.prompt)).toEqual([prompt]);
  });

  test("/video alone opens a form with every option", async () => {
    const bot = await startWebBot();
    const form = await (await bot.post("/messages", { text: "/video" })).text();
    expect(form).toContain('enctype="multipart/form-data"');
    expect(form).toContain('type="file" accept="image/jpeg,image/png,image/webp"');
    expect(form).toMatch(/name="size" value="" checked \/>\s*<span>No preference/);
    expect(form).toMatch(/name="size" value="720x1280" \/>\s*<span>portrait 720x1280/);
    expect(form).toMatch(/value="sora-2" checked/);
    expect(form).toMatch(/value="4" checked/);
  });

  test("goes on in the form that the button beside it opens", async () => {
    const bot = await startWebBot();
    expect(await (await bot.post("/form", { text: "a <boat>" })).text()).toContain(
      "a &lt;boat&gt;</textarea>",
    );
  });
});

describe("the form", () => {
  const png = (bytes: number) => {
    const content = new Uint8Array(bytes);
    content.set(Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ", "base64"));
    return new File([content], "start.png", { type: "image/png" });
  };

  test("makes a video with all that was chosen, its picture too", async () => {
    const bot = await startWebBot();
    const picture = await noise(1600, 1200).png().toBuffer();
    expect(picture.length).toBeGreaterThan(2_000_000);
    const fields = {
      prompt: "a boat",
      image: new File([new Uint8Array(picture)], "start.png", { type: "image/png" }),
      model: "sora-2-pro",
      seconds: "8",
      size: "1792x1024",
    };
    expect((await bot.post("/commands/create", fields)).status).toBe(204);
    const [job] = await bot.jobs.active();
    expect(job?.request).toMatchObject({ model: "sora-2-pro", seconds: "8", size: "1792x1024" });
    const image = job?.request.operation === "create" ? job.request.image : undefined;
    const kept = await buffer(bot.memory.media.read(image?.mediaKey ?? ""));
    expect(await sharp(kept).metadata()).toMatchObject({ width: 1792, height: 1024 });
  });

  test("that is refused without a script comes back with what was typed, and what is wrong with it", async () => {
    const bot = await startWebBot();
    const send = async (path: string, fields: Record<string, string>) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      return (await fetch(bot.url + path, { method: "POST", body, headers: { origin: bot.url } })).text();
    };
    const actionOf = (html: string) =>
      attributes(html, "form", "action").find((path) => path.includes("?form="));
    let html = await send("/form", { text: "" });
    for (const size of ["1792x1024", "1024x1792"]) {
      html = await send(actionOf(html) ?? "", {
        prompt: "a <red> boat",
        model: "sora-2",
        seconds: "12",
        size,
      });
      expect(html).toMatch(/<dialog [^>]*open/);
      expect(html).toContain("a &lt;red&gt; boat</textarea>");
      expect(html).toMatch(/value="12" checked/);
      expect(html).toMatch(new RegExp(`<div class="form-answer" role="alert"><p[^>]*>[^<]*${size}`));
      expect(html.split("<template")[0]).not.toContain("Only you can see this");
    }
    expect(await bot.jobs.active()).toEqual([]);
    await send(actionOf(html) ?? "", {
      prompt: "a red boat",
      model: "sora-2",
      seconds: "12",
      size: "720x1280",
    });
    expect((await bot.jobs.active()).map(({ request }) => request.prompt)).toEqual(["a red boat"]);
  });

  test("whose page nobody remembers is refused on the page", async () => {
    const bot = await startWebBot();
    const body = new FormData();
    body.append("prompt", " ");
    const sent = { method: "POST", body, headers: { origin: bot.url } };
    const html = await (await fetch(`${bot.url}/commands/create?form=nobody`, sent)).text();
    expect(html).toContain("The prompt is empty");
    expect(html.split("<template")[0]).toContain("Only you can see this");
  });

  test("may leave the picture out", async () => {
    const bot = await startWebBot();
    const image = new File([], "", { type: "application/octet-stream" });
    expect((await bot.post("/commands/create", { prompt: "a boat", image })).status).toBe(204);
    expect(await bot.jobs.active()).toHaveLength(1);
  });

  test.each([
    ["a picture over 10 MB", { image: png(10.5 * 1024 ** 2) }, "larger than 10 MB"],
    [
      "a text for a picture",
      { image: new File(["hello"], "a.txt", { type: "text/plain" }) },
      "not a JPEG, PNG or WebP",
    ],
    ["a size that the model does not make", { size: "1792x1024" }, "1792x1024"],
    ["an empty prompt", { prompt: "  " }, "The prompt is empty"],
    ["an option that there is not", { colour: "red" }, "“--colour”"],
  ])("refuses %s inside of the dialog", async (_, fields, words) => {
    const bot = await startWebBot();
    const answer = await bot.post("/commands/create", { prompt: "a boat", ...fields });
    expect(answer.headers.get("hx-retarget")).toBeNull();
    const html = await answer.text();
    expect(html).toContain(words);
    expect(html).not.toContain("<article");
    expect(bot.memory.videos.calls.create).toBe(0);
  });
});

describe("a tab that was away", () => {
  test("gets what it missed, new messages and changed ones, and nothing twice", async () => {
    const bot = await startWebBot();
    const tab = await bot.tab();
    await bot.post("/messages", { text: "the first" });
    const { id } = await tab.event("the first", "Queued");
    tab.close();
    await expect.poll(async () => (await bot.jobs.active())[0]?.phase).toBe("rendering");
    bot.memory.videos.move(bot.memory.videos.all()[0]?.id ?? "", { status: "in_progress", progress: 50 });
    await bot.poll();
    await bot.post("/messages", { text: "the second" });
    await expect
      .poll(async () => (await bot.adapter.feed.page({ limit: 9 })).messages.at(0)?.card.title)
      .toBe("Rendering");

    const back = await openTab(bot.url, { lastEventId: id });
    const [first] = await bot.jobs.active();
    await back.event("outerMorph", `#job-${first?.id}`, 'value="50"');
    await back.event("beforeend", "the second");
    expect(back.events.filter((event) => event.html.includes("the first"))).toHaveLength(1);
  });

  test("goes on with the next process", async () => {
    const memory = await createBotMemory(Date.now);
    const first = await startWebBot({ memory });
    const tab = await first.tab();
    await first.post("/messages", { text: "before" });
    const { id } = await tab.event("before");
    await first.stop();
    await tab.ended;

    const second = await startWebBot({ memory });
    const back = await openTab(second.url, { lastEventId: id });
    await second.post("/messages", { text: "after" });
    await back.event("beforeend", "after");
  });
});

describe("older messages", () => {
  test("are loaded by the page, fifty at a time, and a link to one loads as far as it", async () => {
    const bot = await startWebBot();
    for (let n = 1; n <= 120; n++) {
      await bot.adapter.postCard(
        { platform: "web", workspace: "local", channel: "playground" },
        {
          jobId: `job${n}`,
          revision: 1,
          kind: "final",
          tone: "good",
          title: "Done",
          prompt: `number ${n}.`,
          lines: [],
          footnote: [],
          buttons: [],
        },
      );
    }
    const shown = (html: string) => [...html.matchAll(/number (\d+)\./g)].map(([, n]) => Number(n));
    const from = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, i) => first + i);

    const newest = await page(bot.url);
    expect(shown(newest)).toEqual(from(71, 120));
    const [, path = ""] = /hx-get="(\/messages\?before=\d+)"/.exec(newest) ?? [];
    const older = await page(`${bot.url}${path}`);
    expect(shown(older)).toEqual(from(21, 70));
    const [, last = ""] = /hx-get="(\/messages\?before=\d+)"/.exec(older) ?? [];
    const oldest = await page(`${bot.url}${last}`);
    expect(shown(oldest)).toEqual(from(1, 20));
    expect(oldest).toContain("Welcome to");

    expect(shown(await page(`${bot.url}/?show=job30`))).toEqual(from(30, 120));
  });
});

describe("completion", () => {
  const complete = async (url: string, text: string) =>
    page(`${url}/completions?${new URLSearchParams({ text })}`);

  test("offers commands, and the person's finished videos", async () => {
    const bot = await startWebBot();
    expect(await complete(bot.url, "/")).toContain('data-line="/video create "');
    await bot.post("/messages", { text: "a boat" });
    await expect.poll(async () => (await bot.jobs.active())[0]?.phase).toBe("rendering");
    bot.memory.videos.complete(bot.memory.videos.all()[0]?.id ?? "");
    const [job] = await bot.jobs.active();
    await bot.poll();
    await expect.poll(() => bot.jobs.active()).toEqual([]);
    expect(await complete(bot.url, "/video remix ")).toContain(`data-line="/video remix ${job?.id} "`);
  });
});
