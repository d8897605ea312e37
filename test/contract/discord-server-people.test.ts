import { once } from "node:events";
import {
  Client,
  ComponentType,
  Events,
  type Interaction,
  type MessageComponentInteraction,
  MessageFlags,
  Partials,
  type RESTPostAPIInteractionCallbackJSONBody,
  Routes,
} from "discord.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import { videoCommand } from "../servers/discord/fixtures.ts";

// What people do beside asking for something, as the real client hears of it, and answers that take a message's place.

let server: DiscordServer;
let client: Client<true>;

beforeEach(async () => {
  server = await createDiscordServer({ recordTo: "" });
  client = new Client({
    intents: ["Guilds", "GuildMessages", "GuildMessageReactions", "DirectMessages"],
    partials: [Partials.Channel, Partials.Message, Partials.Reaction, Partials.User],
    rest: { api: server.apiUrl },
  });
  const ready = once(client, Events.ClientReady);
  await client.login(server.token);
  await ready;
});

afterEach(async () => {
  await client.destroy();
  await server.close();
});

/** The next event of a name, while something happens. */
async function heard<T>(name: string, happen: () => void): Promise<T[]> {
  const coming = once(client, name);
  happen();
  return coming;
}

describe("people", () => {
  it("put emoji under messages and take them away", async () => {
    const ada = server.person("ada");
    const old = server.person("grace").say({ content: "old" });
    const [added, by] = await heard<{ emoji: { name: string }; message: { id: string }; id: string }>(
      Events.MessageReactionAdd,
      () => ada.react(old, "⭐"),
    );
    expect(added).toMatchObject({ emoji: { name: "⭐" }, message: { id: old.id } });
    expect(by?.id).toBe(ada.id);
    expect(old.reactions.get("⭐")).toEqual(new Set([ada.id]));
    await heard(Events.MessageReactionRemove, () => ada.unreact(old, "⭐"));
    expect(old.reactions.get("⭐")).toEqual(new Set());
  });

  it("take everybody's emoji away, where they may", async () => {
    const [ada, grace] = [server.person("ada"), server.person("grace")];
    const old = grace.say({ content: "old" });
    for (const emoji of ["⭐", "👍"]) ada.react(old, emoji);
    await heard(Events.MessageReactionRemoveEmoji, () => grace.clearReactions(old, "⭐"));
    expect([...old.reactions.keys()]).toEqual(["👍"]);
    await heard(Events.MessageReactionRemoveAll, () => grace.clearReactions(old));
    expect(old.reactions.size).toBe(0);
    expect(() => ada.clearReactions(old)).toThrow("may not");
  });

  it("delete several messages at once, where they may", async () => {
    const grace = server.person("grace");
    const old = ["one", "two"].map((content) => server.person("ada").say({ content }));
    const [deleted] = await heard<Map<string, unknown>>(Events.MessageBulkDelete, () => grace.purge(old));
    expect([...(deleted?.keys() ?? [])].sort()).toEqual(old.map(({ id }) => id).sort());
    expect(server.channel("general").messages).toEqual([]);
    expect(() => server.person("ada").purge([server.person("ada").say({ content: "x" })])).toThrow("may not");
  });

  it("can refuse direct messages", async () => {
    const ada = server.person("ada");
    ada.closeDirectMessages();
    const { id } = await client.users.createDM(ada.id);
    const post = client.rest.post(Routes.channelMessages(id), { body: { content: "hello" } });
    await expect(post).rejects.toMatchObject({ status: 403, code: 50007 });
  });
});

describe("the guild", () => {
  it("has commands of its own, of which neither place nor installation is told", async () => {
    const places = { contexts: [0], integrationTypes: [0] };
    await client.application.commands.set([{ ...videoCommand, ...places }]);
    await client.application.commands.set([{ ...videoCommand, ...places }], server.state.guild.id);
    const app = client.application.id;
    const [everywhere, own] = await Promise.all([
      client.rest.get(Routes.applicationCommands(app)),
      client.rest.get(Routes.applicationGuildCommands(app, server.state.guild.id)),
    ]);
    expect(everywhere).toMatchObject([{ contexts: [0], integration_types: [0] }]);
    expect(own).toEqual([expect.not.objectContaining({ contexts: [0] })]);
    expect(own).toEqual([expect.not.objectContaining({ integration_types: [0] })]);
  });

  it("has private threads with members", async () => {
    const grace = server.person("grace");
    server.addChannel("secret", { parent: "general", privateTo: ["grace"] });
    const thread = server.channel("secret").id;
    const member = (id: string) => client.rest.get(Routes.threadMembers(thread, id));
    await expect(member(grace.id)).resolves.toMatchObject({ id: thread, user_id: grace.id });
    await expect(member(server.person("ada").id)).rejects.toMatchObject({ status: 404, code: 10007 });
  });

  it("closes channels, loses them, and fails without being lost", async () => {
    await heard(Events.ChannelUpdate, () => server.overwrite("random", "ada", { deny: ["ViewChannel"] }));
    const ada = await client.guilds.cache.first()?.members.fetch(server.person("ada").id);
    const random = client.channels.cache.get(server.channel("random").id);
    const permissions = random?.isTextBased() && !random.isDMBased() && ada && random.permissionsFor(ada);
    expect(permissions ? permissions.has("ViewChannel") : undefined).toBe(false);
    await heard(Events.ChannelDelete, () => server.deleteChannel("random"));
    await heard(Events.GuildUnavailable, () => server.failGuild());
    await heard(Events.GuildAvailable, () => server.inviteBot());
    await heard(Events.GuildDelete, () => server.throwOutBot());
    expect(client.guilds.cache.size).toBe(0);
  });
});

describe("an answer in a message's place", () => {
  const body = (name: string, button = "next") => ({
    flags: MessageFlags.Ephemeral | MessageFlags.IsComponentsV2,
    attachments: [{ id: "0", filename: name }],
    components: [
      {
        type: ComponentType.Section,
        components: [{ type: ComponentType.TextDisplay, content: name }],
        accessory: { type: ComponentType.Thumbnail, media: { url: `attachment://${name}` } },
      },
      {
        type: ComponentType.ActionRow,
        components: [{ type: ComponentType.Button, style: 1, label: "Next", custom_id: button }],
      },
    ],
  });

  function answer({ id, token }: Pick<Interaction, "id" | "token">, type: number, name: string) {
    const file = { name, data: Buffer.from(name), contentType: "image/png" };
    return client.rest.post(Routes.interactionCallback(id, token), {
      auth: false,
      body: { type, data: body(name) } as RESTPostAPIInteractionCallbackJSONBody,
      files: [file],
    });
  }

  async function pressedPage() {
    await client.application.commands.set([videoCommand], server.state.guild.id);
    const ada = server.person("ada");
    const command = { name: "video", subcommand: "create", options: { prompt: "a boat" } };
    const [interaction] = await heard<Interaction>(Events.InteractionCreate, () => ada.slash(command));
    if (!interaction) throw new Error("Nobody asked.");
    await answer(interaction, 4, "one.png");
    const page = [...server.state.messages.values()].at(-1);
    if (!page) throw new Error("There is no page.");
    const [press] = await heard<MessageComponentInteraction>(Events.InteractionCreate, () =>
      ada.press(page, "Next"),
    );
    if (!press) throw new Error("Nobody pressed.");
    return { page, press };
  }

  const shown = ({ media, attachments }: Awaited<ReturnType<typeof pressedPage>>["page"]) => [
    media.map(({ attachment }) => attachment?.filename),
    attachments.map(({ filename }) => filename),
  ];

  it("replaces its files, at once", async () => {
    const { page, press } = await pressedPage();
    expect(press.message.flags.has(MessageFlags.Ephemeral)).toBe(true);
    await answer(press, 7, "two.png");
    expect(shown(page)).toEqual([["two.png"], ["two.png"]]);
  });

  it("replaces its files, after a deferral", async () => {
    const { page, press } = await pressedPage();
    await press.deferUpdate();
    expect(shown(page)).toEqual([["one.png"], ["one.png"]]);
    await client.rest.patch(Routes.webhookMessage(press.applicationId, press.token), {
      auth: false,
      body: body("two.png"),
      files: [{ name: "two.png", data: Buffer.from("two"), contentType: "image/png" }],
    });
    expect(shown(page)).toEqual([["two.png"], ["two.png"]]);
  });

  it.each([
    [
      "two components with one id",
      { components: [...body("x.png").components, body("x.png").components[1]] },
    ],
    ["a file that is not there", { attachments: [] }],
    [
      "a section without an accessory",
      { components: [{ type: 9, components: [{ type: 10, content: "x" }] }], attachments: [] },
    ],
    [
      "41 components",
      { components: Array.from({ length: 41 }, () => ({ type: 10, content: "x" })), attachments: [] },
    ],
  ])("is refused with %s", async (_name, change) => {
    const { page, press } = await pressedPage();
    const data = { ...body("one.png"), ...change };
    const refused = client.rest.post(Routes.interactionCallback(press.id, press.token), {
      auth: false,
      body: { type: 7, data },
    });
    await expect(refused).rejects.toMatchObject({ status: 400, code: 50035 });
    expect(shown(page)).toEqual([["one.png"], ["one.png"]]);
  });
});
