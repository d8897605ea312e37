import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ImageAttachment, Invocation } from "../../src/chat/adapter.ts";
import { adapterFor } from "../fixtures/discord-bot.ts";
import { card, create, listenOn } from "../fixtures/discord-listener.ts";
import { galleryPage } from "../fixtures/discord-page.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { Person } from "../servers/discord/person.ts";
import type { StoredMessage } from "../servers/discord/state.ts";

const DAY_MS = 24 * 60 * 60_000;
const cat = { filename: "cat.png", contentType: "image/png", bytes: Buffer.from("a cat") };
const notes = { filename: "notes.txt", contentType: "text/plain", bytes: Buffer.from("notes") };

let server: DiscordServer;
let ada: Person;

beforeEach(async () => {
  server = await createDiscordServer();
  ada = server.person("ada");
});

afterEach(() => server.close());

async function bytesOf(picture: ImageAttachment | undefined): Promise<string | undefined> {
  return picture && (await buffer(await picture.open(AbortSignal.timeout(5_000)))).toString();
}

/** What the bot makes of something a person does. */
async function invocationOf(act: () => unknown): Promise<Invocation> {
  const { first } = await listenOn(server, ({ reply }) => reply.private({ tone: "info", lines: [["ok"]] }));
  act();
  return (await first).invocation;
}

describe("a message's own menu", () => {
  async function picked(label: string, message: StoredMessage) {
    const invocation = await invocationOf(() => ada.contextMenu(label, message));
    if (invocation.kind !== "shortcut") throw new Error(`It is a ${invocation.kind}.`);
    return invocation;
  }

  it("names the command and the message", async () => {
    const message = server.person("grace").say({ content: "look", channel: "ideas" });
    expect(await picked("Remix this video", message)).toEqual({
      kind: "shortcut",
      name: "remix",
      message: {
        platform: "discord",
        workspace: server.state.guild.id,
        channel: server.channel("ideas").id,
        parent: server.channel("general").id,
        message: message.id,
      },
      pictures: [],
    });
  });

  it("brings the message's pictures along, and no other file", async () => {
    const message = server.person("grace").say({ content: "look", files: [notes, cat] });
    const { name, pictures } = await picked("Animate this picture", message);
    expect(name).toBe("animate");
    expect(pictures).toMatchObject([{ filename: "cat.png", contentType: "image/png", bytes: 5 }]);
    expect(await bytesOf(pictures[0])).toBe("a cat");
  });

  it("finds pictures that components show", async () => {
    const { requests } = await listenOn(server, async ({ reply, invocation }) => {
      if (invocation.kind === "command") await reply.page(galleryPage(["boat", "kite"]));
      else await reply.private({ tone: "info", lines: [["ok"]] });
    });
    const shown = await ada.slash(create).reply();
    await ada.contextMenu("Animate this picture", shown).acknowledged();
    const { invocation } = await server.waitFor(() => requests[1]);
    const pictures = invocation.kind === "shortcut" ? invocation.pictures : [];
    expect(await Promise.all(pictures.map(bytesOf))).toEqual(["boat", "kite"]);
  });

  it("opens a form at once", async () => {
    const prompt = { type: "text", description: "What to show", required: true, maxLength: 100 } as const;
    const form = { command: "create", title: "Animate", submitLabel: "Create", intro: [] };
    const { requests } = await listenOn(server, async ({ reply, invocation }) => {
      if (invocation.kind !== "shortcut") return void (await reply.card(card));
      const from = invocation.pictures[0]?.reference ?? "";
      await reply.form({ ...form, fields: [{ name: "prompt", option: prompt }], hidden: { from } });
    });
    const message = server.person("grace").say({ content: "look", files: [cat] });
    const opened = ada.contextMenu("Animate this picture", message);
    await ada.submitModal(opened, { prompt: "it jumps" });
    const { invocation } = await server.waitFor(() => requests[1]);
    const from = invocation.kind === "command" ? invocation.values.from : undefined;
    expect(from).toBe(`${message.channelId}.${message.id}.${message.attachments[0]?.id}`);
  });
});

describe("reopen", () => {
  const { filename, contentType, bytes } = cat;

  async function referenceOf(message: StoredMessage): Promise<string> {
    const invocation = await invocationOf(() => ada.contextMenu("Animate this picture", message));
    return (invocation.kind === "shortcut" && invocation.pictures[0]?.reference) || "";
  }

  it("opens the same picture days later, in another process", async () => {
    const message = server
      .person("grace")
      .say({ content: "look", files: [notes, { filename, contentType, bytes }] });
    const reference = await referenceOf(message);
    server.advance(7 * DAY_MS);
    const picture = adapterFor(server).reopen?.(reference);
    expect(picture?.reference).toBe(reference);
    expect(await bytesOf(picture)).toBe("a cat");
  });

  it("says that the message or the picture is gone", async () => {
    const { reopen } = adapterFor(server);
    const message = server.person("grace").say({ content: "look", files: [cat] });
    const reference = await referenceOf(message);
    const gone = { name: "ServiceError", code: "gone", retryable: false };
    const other = reference.replace(/\d+$/, "1");
    for (const unknown of [other, "", "../../users/@me"])
      await expect(bytesOf(reopen?.(unknown))).rejects.toMatchObject(gone);
    server.person("grace").delete(message);
    await expect(bytesOf(reopen?.(reference))).rejects.toMatchObject(gone);
  });
});

describe("options", () => {
  async function valuesOf(command: Parameters<Person["slash"]>[0]) {
    const invocation = await invocationOf(() => ada.slash(command));
    return invocation.kind === "command" ? invocation.values : {};
  }

  it("take a picture's address in the place of a file", async () => {
    const link = "https://pictures.example/cat.png";
    const options = { prompt: "a cat", "image-link": link };
    expect(await valuesOf({ ...create, options })).toEqual({ prompt: "a cat", image: link });
  });

  it("take the file where there is one as well", async () => {
    const options = { prompt: "a cat", "image-link": "https://pictures.example/dog.png", image: cat };
    expect(await valuesOf({ ...create, options })).toEqual({
      prompt: "a cat",
      image: expect.objectContaining({ filename: "cat.png" }),
    });
  });

  it("are completed where they name a person", async () => {
    const { queries } = await listenOn(server);
    const typing = { name: "video", subcommand: "gallery", focused: "by", options: { by: "gra" } };
    await ada.autocomplete(typing).choices();
    expect(queries).toMatchObject([{ command: "gallery", option: "by", text: "gra" }]);
  });

  it("take a person as a mention, word for word", async () => {
    const by = `<@${server.person("grace").id}>`;
    expect(await valuesOf({ name: "video", subcommand: "gallery", options: { by } })).toEqual({ by });
  });
});

describe("who asks", () => {
  it.each([
    ["nobody in particular", [], { moderator: false, manager: false }],
    ["a moderator", ["ManageMessages"], { moderator: true, manager: false }],
    ["one who manages the server", ["ManageGuild"], { moderator: false, manager: true }],
    ["an administrator", ["Administrator"], { moderator: true, manager: true }],
  ] as const)("can be %s", async (_name, permissions, expected) => {
    const person = server.addPerson("rosa", { permissions: [...permissions] });
    const { first } = await listenOn(server);
    person.slash(create);
    expect((await first).actor).toMatchObject(expected);
  });

  it("brings the ids of their roles, without the one that everyone has", async () => {
    const { first } = await listenOn(server);
    ada.slash(create);
    const { roles = [] } = server.state.members.find(({ user }) => user.id === ada.id) ?? {};
    expect(roles).toHaveLength(1);
    expect((await first).actor.roles).toEqual(roles);
  });
});
