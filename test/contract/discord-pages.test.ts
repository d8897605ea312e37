import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "../../src/chat/page.ts";
import { card, create, listenOn } from "../fixtures/discord-listener.ts";
import { fullPage, galleryPage, mediaFile, row } from "../fixtures/discord-page.ts";
import { walk } from "../servers/discord/components.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { Person } from "../servers/discord/person.ts";
import type { StoredMessage } from "../servers/discord/state.ts";

const MESSAGE = 4;
const DEFERRED = 5;
const DEFERRED_UPDATE = 6;
const UPDATE = 7;
const FORM = 9;

let server: DiscordServer;
let ada: Person;

beforeEach(async () => {
  server = await createDiscordServer();
  ada = server.person("ada");
});

afterEach(() => server.close());

/** Whose bytes a message shows, and whose it has at all. */
function filesOf({ media, attachments }: StoredMessage) {
  const text = (bytes: Buffer | undefined) => bytes?.toString();
  return {
    shown: media.map(({ attachment }) => text(attachment?.bytes)),
    kept: attachments.map(({ bytes }) => text(bytes)),
  };
}

/** A slash command is answered with the first page, each press on a page with the next. */
async function pages(...all: Page[]) {
  const left = [...all];
  await listenOn(server, async ({ reply }) => {
    const next = left.shift();
    if (next) await reply.page(next);
  });
  const asked = ada.slash(create);
  return { asked, shown: await asked.reply() };
}

describe("a page", () => {
  it("is seen by the one who asked alone, with a picture and buttons in each row", async () => {
    const { asked, shown } = await pages(galleryPage(["boat", "kite"]));
    expect((await asked.acknowledged()).type).toBe(MESSAGE);
    expect(shown.visibleTo).toBe(ada.id);
    expect(server.channel("general").messages).toEqual([]);
    expect(shown.text).toBe("### Gallery\n2 videos\n**boat**\nby ada\n**kite**\nby ada");
    expect(shown.media.map(({ description }) => description)).toEqual([
      "AI-generated video: boat",
      "AI-generated video: kite",
    ]);
    expect(filesOf(shown).shown).toEqual(["boat", "kite"]);
    expect(shown.buttons.map(({ customId }) => customId)).toEqual([
      "v1:play:boat",
      "v1:play:kite",
      "v1:gallery:at-2",
    ]);
  });

  it("takes the place of the page whose button was pressed, with its own pictures alone", async () => {
    const { shown } = await pages(galleryPage(["boat", "kite"]), galleryPage(["tree"]), galleryPage([]));
    const pressed = ada.press(shown, "Older");
    expect((await pressed.acknowledged()).type).toBe(UPDATE);
    expect(shown.text).toContain("tree");
    expect(shown.text).not.toContain("boat");
    expect(filesOf(shown)).toEqual({ shown: ["tree"], kept: ["tree"] });
    await ada.press(shown, "Older").acknowledged();
    expect(filesOf(shown)).toEqual({ shown: [], kept: [] });
    expect(server.state.messages.size).toBe(1);
  });

  it("is a message of its own when a card's button was pressed", async () => {
    await listenOn(server, async ({ reply, invocation }) => {
      if (invocation.kind === "button") await reply.page(galleryPage(["boat"]));
      else await reply.card(card);
    });
    const shown = await ada.slash(create).reply();
    const page = await server.person("grace").press(shown, "Remix").reply();
    expect(page.id).not.toBe(shown.id);
    expect(page.visibleTo).toBe(server.person("grace").id);
    expect(shown.text).toContain("Queued");
  });

  it("comes into its place later when it takes long", async () => {
    const ready = Promise.withResolvers<void>();
    await listenOn(server, async ({ reply, invocation }) => {
      if (invocation.kind === "button") await ready.promise;
      await reply.page(galleryPage([invocation.kind]));
    });
    const shown = await ada.slash(create).reply();
    const pressed = ada.press(shown, "Older");
    const { type, afterMs } = await pressed.acknowledged();
    expect(type).toBe(DEFERRED_UPDATE);
    expect(afterMs).toBeLessThan(2_900);
    expect(filesOf(shown).shown).toEqual(["command"]);
    ready.resolve();
    await server.waitFor(() => shown.text.includes("button"));
    expect(filesOf(shown)).toEqual({ shown: ["button"], kept: ["button"] });
    expect(server.state.messages.size).toBe(1);
  });

  it("comes as an answer to a command later when it takes long", async () => {
    const ready = Promise.withResolvers<void>();
    await listenOn(server, async ({ reply }) => {
      await ready.promise;
      await reply.page(galleryPage(["boat"]));
    });
    const asked = ada.slash(create);
    expect((await asked.acknowledged()).type).toBe(DEFERRED);
    ready.resolve();
    await server.waitFor(() => asked.interaction.original?.text.includes("boat"));
    expect(asked.interaction.responses).toMatchObject([{ visibleTo: ada.id, media: [{}] }]);
  });

  it("leads to forms, cards and words that are messages of their own", async () => {
    const form = { command: "create", title: "Again", submitLabel: "Create", intro: [], hidden: {} };
    const prompt = { type: "text", description: "What to show", required: true, maxLength: 100 } as const;
    const ways: Record<string, Page["buttons"][number]> = {
      form: { action: "form", argument: "1", label: "Form", style: "primary" },
      card: { action: "card", argument: "1", label: "Card", style: "primary" },
      words: { action: "words", argument: "1", label: "Words", style: "primary" },
    };
    await listenOn(server, async ({ reply, invocation }) => {
      const wanted = invocation.kind === "button" ? invocation.action : "page";
      if (wanted === "form") await reply.form({ ...form, fields: [{ name: "prompt", option: prompt }] });
      else if (wanted === "card") await reply.card(card);
      else if (wanted === "words") await reply.private({ tone: "info", lines: [["Done."]] });
      else await reply.page(galleryPage(["boat"], { buttons: Object.values(ways) }));
    });
    const shown = await ada.slash(create).reply();
    const before = shown.text;

    const opened = ada.press(shown, "Form");
    expect((await opened.acknowledged()).type).toBe(FORM);
    const submitted = await (await ada.submitModal(opened, { prompt: "a kite" })).reply();
    expect(submitted).toMatchObject({ visibleTo: ada.id });
    expect(submitted.id).not.toBe(shown.id);

    const posted = await ada.press(shown, "Card").reply();
    expect(server.channel("general").messages).toEqual([posted]);
    expect(await ada.press(shown, "Words").reply()).toMatchObject({ text: "Done.", visibleTo: ada.id });
    expect(shown.text).toBe(before);
  });
});

describe("the fullest page", () => {
  it("keeps within Discord's limits, and each of its buttons works", async () => {
    const { requests } = await listenOn(server, ({ reply }) => reply.page(fullPage()));
    const shown = await ada.slash(create).reply();
    const all = [...walk(shown.components)];
    expect(all).toHaveLength(39);
    expect(shown.buttons).toHaveLength(15);
    expect(shown.media).toHaveLength(6);
    for (let id = 0; id < 5; id++) expect(shown.text).toContain(`by ada\n\`id${id}\``);
    const ids = shown.buttons.flatMap(({ customId }) => customId ?? []);
    expect(new Set(ids).size).toBe(10);
    for (const id of ids) await ada.press(shown, id).acknowledged();
    expect(requests.slice(1).map(({ invocation }) => invocation)).toEqual(
      ids.map(() => ({ kind: "button", action: "play", argument: "same" })),
    );
  });

  it("links to a video that cannot be uploaded, with a row less", async () => {
    server.state.guild.attachmentSizeLimit = 6;
    const { shown } = await pages(fullPage());
    expect([...walk(shown.components)]).toHaveLength(34);
    expect(shown.media.map(({ attachment }) => attachment?.contentType)).toEqual(Array(4).fill("image/webp"));
    expect(shown.buttons[0]).toMatchObject({ label: "Watch", url: "https://discord.com/channels/1/2/3" });
  });
});

describe("links", () => {
  it("lead to addresses of the web, and nowhere else", async () => {
    const link = (label: string, address: string) => ({ label, style: "secondary", link: address }) as const;
    const buttons = [
      link("Web", "https://showreel.example/gallery"),
      link("Path", "/gallery"),
      link("Script", "javascript:alert(1)"),
      link("Long", `https://showreel.example/${"x".repeat(600)}`),
    ];
    const { shown } = await pages(galleryPage([], { buttons, rows: [row("boat", { buttons: [] })] }));
    expect(shown.buttons).toMatchObject([{ label: "Web", url: "https://showreel.example/gallery" }]);
  });
});

describe("a video in a page", () => {
  const large = Buffer.alloc(3_000_000, 7);
  const video = {
    file: mediaFile("showreel-1.mp4", "video/mp4", large),
    picture: { file: mediaFile("thumbnail.webp", "image/webp", Buffer.from("still")), altText: "a still" },
    altText: "a boat",
    spoiler: true,
    link: "https://discord.com/channels/1/2/3",
  };

  it("plays there, hidden where it is to be; as it is large, it comes after a deferral", async () => {
    const { shown } = await pages(galleryPage(["boat"]), galleryPage([], { video }));
    const pressed = ada.press(shown, "Play");
    expect((await pressed.acknowledged()).type).toBe(DEFERRED_UPDATE);
    await server.waitFor(() => shown.media.length === 1 && shown.media[0]?.description === "a boat");
    expect(shown.media).toMatchObject([{ spoiler: true, attachment: { contentType: "video/mp4" } }]);
    expect(shown.media[0]?.attachment?.bytes.equals(large)).toBe(true);
    expect(shown.attachments).toHaveLength(1);
  });

  it.each([
    ["is known to be too large", () => Object.assign(server.state.guild, { attachmentSizeLimit: 2_000_000 })],
    [
      "turns out to be too large",
      () =>
        server.inject({
          method: "PATCH",
          path: /^\/webhooks/,
          fault: { status: 413, body: { code: 40_005, message: "Request entity too large" } },
        }),
    ],
  ])("is a picture and a link where it %s", async (_name, happen) => {
    happen();
    const { asked } = await pages(galleryPage([], { video }));
    await server.waitFor(() => asked.interaction.original?.buttons.length === 2);
    const shown = asked.interaction.original;
    expect(shown && filesOf(shown)).toEqual({ shown: ["still"], kept: ["still"] });
    expect(shown?.buttons[0]).toMatchObject({ label: "Watch", url: video.link });
  });
});

describe("a file for one person", () => {
  const picture = mediaFile("sprite sheet.jpg", "image/jpeg", Buffer.from("a sheet"));

  it("is shown beneath the words", async () => {
    await listenOn(server, ({ reply }) => reply.private({ tone: "info", lines: [["Here."]], file: picture }));
    const shown = await ada.slash(create).reply();
    expect(shown).toMatchObject({
      text: "Here.",
      visibleTo: ada.id,
      media: [{ url: "attachment://sprite_sheet.jpg" }],
    });
    expect(filesOf(shown).shown).toEqual(["a sheet"]);
  });

  it("leaves the page as it is when it was asked for there, however large it is", async () => {
    const file = mediaFile("showreel-1.mp4", "video/mp4", Buffer.alloc(2_000_000, 7));
    await listenOn(server, async ({ reply, invocation }) => {
      if (invocation.kind === "button") await reply.private({ tone: "info", lines: [["Here."]], file });
      else await reply.page(galleryPage(["boat"]));
    });
    const page = await ada.slash(create).reply();
    const pressed = ada.press(page, "Play");
    await server.waitFor(() => pressed.interaction.responses.length === 1);
    expect(pressed.interaction.responses).toMatchObject([
      { text: "Here.", visibleTo: ada.id, media: [{ attachment: { contentType: "video/mp4" } }] },
    ]);
    expect(filesOf(page)).toEqual({ shown: ["boat"], kept: ["boat"] });
  });

  it("can be of any kind", async () => {
    const file = mediaFile("data.json", "application/json", Buffer.from("{}"));
    await listenOn(server, ({ reply }) => reply.private({ tone: "info", lines: [["Here."]], file }));
    const shown = await ada.slash(create).reply();
    expect(shown.media).toMatchObject([{ url: "attachment://data.json" }]);
  });

  it("is named where it is too large", async () => {
    server.state.guild.attachmentSizeLimit = 3;
    await listenOn(server, ({ reply }) => reply.private({ tone: "info", lines: [["Here."]], file: picture }));
    const shown = await ada.slash(create).reply();
    expect(shown.text).toContain("sprite sheet.jpg is too large for Discord.");
    expect(shown.attachments).toEqual([]);
  });
});
