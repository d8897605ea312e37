import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ButtonStyle, ComponentType, MessageFlags, REST, Routes } from "discord.js";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import { videoCommand } from "../servers/discord/fixtures.ts";
import type { PermissionName } from "../servers/discord/permissions.ts";

// What the server refuses, with Discord's own codes, tried with the real REST client.

let server: DiscordServer;
let rest: REST;
let messages: `/channels/${string}/messages`;

beforeEach(async () => {
  server = await createDiscordServer({ recordTo: "" });
  rest = new REST({ api: server.apiUrl }).setToken(server.token);
  messages = Routes.channelMessages(server.channel("general").id);
});
afterEach(() => server.close());

const V2 = MessageFlags.IsComponentsV2;
const text = (content: string) => ({ type: ComponentType.TextDisplay, content });
const row = (...components: object[]) => ({ type: ComponentType.ActionRow, components });
const button = (custom_id: string, label = "Go") => ({
  type: ComponentType.Button,
  style: ButtonStyle.Primary,
  label,
  custom_id,
});
const gallery = (url: string) => ({ type: ComponentType.MediaGallery, items: [{ media: { url } }] });
const file = (name: string, size = 4) => ({ name, data: Buffer.alloc(size, 1), contentType: "video/mp4" });

function post(body: object, files: ReturnType<typeof file>[] = []) {
  return rest.post(messages, { body, files });
}
/** Posts a message and returns it from the server's state. */
async function posted(body: object, files: ReturnType<typeof file>[] = []) {
  await post(body, files);
  const message = server.channel("general").messages.at(-1);
  if (!message) throw new Error("nothing was posted");
  return message;
}

describe("bodies that do not fit", () => {
  const cases: [string, object, string][] = [
    ["content beside the flag", { flags: V2, content: "x", components: [text("y")] }, "MESSAGE_CANNOT_USE"],
    ["layout without the flag", { components: [text("x")] }, "UNION_TYPE_CHOICES"],
    ["41 components", { flags: V2, components: [row(button("a")), ...many(39)] }, "MAX_TOTAL_COMPONENTS"],
    ["4001 characters", { flags: V2, components: [text("x".repeat(4000)), text("y")] }, "TEXT_SIZE_EXCEEDED"],
    ["a custom id twice", { content: "x", components: [row(button("a"), button("a"))] }, "ID_DUPLICATED"],
    ["a long custom id", { content: "x", components: [row(button("a".repeat(101)))] }, "BASE_TYPE_MAX"],
    ["a long label", { content: "x", components: [row(button("a", "l".repeat(81)))] }, "BASE_TYPE_MAX"],
    [
      "six buttons in a row",
      { content: "x", components: [row(...[..."abcdef"].map((id) => button(id)))] },
      "MAX",
    ],
    ["a file that is not there", { flags: V2, components: [gallery("attachment://a.mp4")] }, "NOT_FOUND"],
    ["long content", { content: "x".repeat(2001) }, "BASE_TYPE_MAX_LENGTH"],
    [
      "users and parse",
      { content: "x", allowed_mentions: { parse: ["users"], users: ["1".repeat(18)] } },
      "EXCL",
    ],
    [
      "a reply to nothing",
      { content: "x", message_reference: { message_id: "1".repeat(18) } },
      "UNKNOWN_MESSAGE",
    ],
  ];
  function many(count: number) {
    return Array.from({ length: count }, () => text("x"));
  }

  test.each(cases)("%s", async (_name, body, code) => {
    const refused = await post(body).catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 400, code: 50035 });
    expect(JSON.stringify(refused)).toContain(code);
    expect(server.channel("general").messages).toEqual([]);
  });

  test("an empty message", async () => {
    await expect(post({ content: "" })).rejects.toMatchObject({ status: 400, code: 50006 });
  });

  test("forms and deferrals", async () => {
    await rest.put(Routes.applicationCommands(server.state.application.id), { body: [videoCommand] });
    const answer = (body: object) => {
      const options = { prompt: "a red kite" };
      const { interaction } = server.person("ada").slash({ name: "video", subcommand: "create", options });
      return rest.post(Routes.interactionCallback(interaction.id, interaction.token), { body, auth: false });
    };
    const input = (custom_id: string) => ({ type: ComponentType.TextInput, custom_id, style: 1 });
    const label = (name: string) => ({ type: ComponentType.Label, label: name, component: input(name) });
    const form = { custom_id: "form", title: "Remix", components: [label("prompt")] };
    await answer({ type: 9, data: form });
    for (const wrong of [
      { ...form, title: "t".repeat(46) },
      { ...form, components: ["a", "b", "c", "d", "e", "f"].map(label) },
      { ...form, components: [label("a"), label("a")] },
      { ...form, components: [input("a")] },
    ]) {
      await expect(answer({ type: 9, data: wrong })).rejects.toMatchObject({ code: 50035 });
    }
    await expect(answer({ type: 5, data: { flags: V2 } })).rejects.toMatchObject({ code: 50035 });
    await expect(answer({ type: 7, data: { content: "x" } })).rejects.toMatchObject({ code: 50035 });
    await expect(answer({ type: 8, data: { choices: [] } })).rejects.toMatchObject({ code: 50035 });
  });
});

describe("files", () => {
  test("one over the limit of the guild is too large", async () => {
    server.state.guild.attachmentSizeLimit = 1000;
    await expect(post({}, [file("a.mp4", 1001)])).rejects.toMatchObject({ status: 413, code: 40005 });
    expect((await posted({}, [file("a.mp4", 1000)])).media.map(({ url }) => url)).toEqual([
      "attachment://a.mp4",
    ]);
  });

  test("an edit's list names what stays and what is new", async () => {
    const message = await posted({ content: "x" }, [file("a.mp4"), file("b.mp4")]);
    const [first] = message.attachments;
    const path = Routes.channelMessage(message.channelId, message.id);
    const names = () => message.attachments.map(({ filename }) => filename);
    await rest.patch(path, { body: { content: "y" } });
    expect(names()).toEqual(["a.mp4", "b.mp4"]);
    const kept = { id: first?.id };
    await rest.patch(path, { body: { attachments: [kept, { id: "0" }] }, files: [file("c.mp4")] });
    expect(names()).toEqual(["a.mp4", "c.mp4"]);
    await expect(rest.patch(path, { body: { attachments: [{ id: "7" }] } })).rejects.toMatchObject({
      code: 50035,
    });
    await rest.patch(path, { body: { attachments: [] } });
    expect(names()).toEqual([]);
  });

  test("with components an attachment that none of them names is hidden", async () => {
    const components = [gallery("attachment://a.mp4")];
    const message = await posted({ flags: V2, components }, [file("a.mp4"), file("b.mp4")]);
    expect(message.media.map(({ attachment }) => attachment?.filename)).toEqual(["a.mp4"]);
  });

  test("a link holds for a day, the message gives a fresh one", async () => {
    const message = await posted({ content: "x" }, [file("a.mp4")]);
    const read = async () => {
      const body = await rest.get(Routes.channelMessage(message.channelId, message.id));
      const [url = ""] = /http[^"]+a\.mp4[^"]*/.exec(JSON.stringify(body)) ?? [];
      return url;
    };
    const link = await read();
    expect((await fetch(link)).status).toBe(200);
    server.advance(25 * 3_600_000);
    expect((await fetch(link)).status).toBe(404);
    expect((await fetch(await read())).status).toBe(200);
  });
});

test("the flag of components stays, and an edit that denies it may not use them", async () => {
  const message = await posted({ flags: V2, components: [text("x")] });
  const path = Routes.channelMessage(message.channelId, message.id);
  await rest.patch(path, { body: { components: [text("y")] } });
  await expect(rest.patch(path, { body: { content: "z" } })).rejects.toMatchObject({ code: 50035 });
  await expect(rest.patch(path, { body: { flags: 0, components: [text("z")] } })).rejects.toMatchObject({
    code: 50035,
  });
  expect(message).toMatchObject({ text: "y", flags: V2 });
});

describe("mentions", () => {
  const [ada, grace] = ["ada", "grace"];
  const cases: [string, (id: Record<string, string>) => object, string[]][] = [
    ["all without allowed_mentions", (id) => ({ content: `<@${id.ada}> @everyone` }), [ada, grace]],
    ["nobody with an empty parse", (id) => says(id, { parse: [] }), []],
    ["only the one who is named", (id) => says(id, { parse: [], users: [id.ada] }), [ada]],
    ["users, but not everyone", (id) => says(id, { parse: ["users"] }), [ada]],
    ["nobody in code", (id) => ({ content: `\`<@${id.ada}>\`` }), []],
    ["text of components too", (id) => ({ flags: V2, components: [text(`<@${id.grace}>`)] }), [grace]],
  ];
  function says(id: Record<string, string>, allowed_mentions: object) {
    return { content: `<@${id.ada}> made "@everyone"`, allowed_mentions };
  }

  test.each(cases)("%s", async (_name, body, told) => {
    const people = ["ada", "grace"].map((name) => server.person(name));
    const ids = Object.fromEntries(people.map(({ name, id }) => [name, id]));
    const message = await posted(body(ids));
    expect(message.notified).toEqual(told.map((name) => ids[name]));
  });

  test("a reply tells its author unless it says not to, an edit tells nobody", async () => {
    const said = server.person("ada").say({ content: "look" });
    const reference = { message_reference: { message_id: said.id } };
    const loud = await posted({ content: "x", ...reference });
    const quiet = await posted({ content: "x", ...reference, allowed_mentions: { parse: [] } });
    expect([loud.notified, quiet.notified]).toEqual([[server.person("ada").id], []]);
    await rest.patch(Routes.channelMessage(quiet.channelId, quiet.id), { body: { content: "@everyone" } });
    expect(quiet).toMatchObject({ notified: [], mentionsEveryone: true });
    await posted({
      content: "x",
      message_reference: { message_id: "1".repeat(18), fail_if_not_exists: false },
    });
  });
});

describe("permissions of the bot", () => {
  const cases: [PermissionName, number][] = [
    ["ViewChannel", 50001],
    ["SendMessages", 50013],
    ["AttachFiles", 50013],
  ];
  test.each(cases)("without %s", async (name, code) => {
    server.deny("general", name);
    await expect(post({ content: "x" }, [file("a.mp4")])).rejects.toMatchObject({ status: 403, code });
    expect(server.invalidRequests).toBe(1);
    server.deny("general");
    await post({ content: "x" }, [file("a.mp4")]);
  });

  test("an edit needs to see the channel alone", async () => {
    const message = await posted({ content: "x" });
    server.deny("general", "SendMessages");
    await rest.patch(Routes.channelMessage(message.channelId, message.id), { body: { content: "y" } });
    expect(message.text).toBe("y");
  });

  test("a locked thread is closed to those who do not manage threads, but for deleting while it is active", async () => {
    const { id } = server.channel("ideas");
    const post = () => rest.post(Routes.channelMessages(id), { body: { content: "x" } });
    for (const _ of [1, 2]) await post();
    const [first = "", second = ""] = server.channel("ideas").messages.map((message) => message.id);
    const edit = () => rest.patch(Routes.channelMessage(id, second), { body: { content: "y" } });
    const remove = (message: string) => rest.delete(Routes.channelMessage(id, message));
    const reopen = () => rest.patch(Routes.channel(id), { body: { archived: false } });
    server.setThread("ideas", { locked: true });
    await edit();
    server.deny("general", "ManageThreads");
    for (const change of [edit, post]) await expect(change()).rejects.toMatchObject({ code: 160005 });
    await remove(first);
    server.setThread("ideas", { archived: true });
    for (const change of [edit, () => remove(second)])
      await expect(change()).rejects.toMatchObject({ code: 50083 });
    await expect(reopen()).rejects.toMatchObject({ status: 403, code: 50013 });
    server.deny("general");
    await reopen();
    await remove(second);
    expect(server.channel("ideas")).toMatchObject({ archived: false, messages: [] });
  });

  test("what is gone or not the bot's", async () => {
    const message = await posted({ content: "x" });
    server.person("grace").delete(message);
    const patch = (id: string) => rest.patch(Routes.channelMessage(message.channelId, id), { body: {} });
    await expect(patch(message.id)).rejects.toMatchObject({ code: 10008 });
    await expect(patch(server.person("ada").say({ content: "hi" }).id)).rejects.toMatchObject({
      code: 50005,
    });
    await expect(rest.get(Routes.channel("1".repeat(18)))).rejects.toMatchObject({ code: 10003 });
  });
});

test("what is sent is recorded under the operation's name in Discord's own description", async () => {
  const folder = temporaryFolder(onTestFinished);
  const recording = await createDiscordServer({ recordTo: folder });
  const client = new REST({ api: recording.apiUrl }).setToken(recording.token);
  const path = Routes.channelMessages(recording.channel("general").id);
  await client.post(path, { body: { content: "x" }, files: [file("a.mp4")] });
  const operation = "POST /channels/{channel_id}/messages";
  const lines = await readFile(join(folder, "discord.jsonl"), "utf8");
  expect(lines).toBe(`${JSON.stringify({ operation, body: { content: "x" } })}\n`);
  await client.get("/guilds/1/emojis").catch(() => undefined);
  await expect(recording.close()).rejects.toThrow("GET /guilds/1/emojis");
});
