import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChatAdapter, ChatRequest } from "../../src/chat/adapter.ts";
import { formOf } from "../../src/chat/options.ts";
import { registerDiscordCommands } from "../../src/discord/commands.ts";
import { defaultCatalog } from "../../src/videos/catalog.ts";
import { adapterFor } from "../fixtures/discord-bot.ts";
import { sampleCommands } from "../fixtures/discord-commands.ts";
import { card, create, listenOn } from "../fixtures/discord-listener.ts";
import { galleryPage } from "../fixtures/discord-page.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { Person } from "../servers/discord/person.ts";

let server: DiscordServer;
let ada: Person;

beforeEach(async () => {
  server = await createDiscordServer();
  ada = server.person("ada");
});

afterEach(() => server.close());

describe("start", () => {
  const registrations = () => server.requests.filter(({ operation }) => operation.startsWith("PUT"));

  const registered = [
    { name: "video", type: 1 },
    { name: "Remix this video", type: 3, definition: { contexts: [0, 1], integration_types: [0] } },
    { name: "Animate this picture", type: 3, definition: { contexts: [0, 1], integration_types: [0] } },
  ];

  it("registers the commands where they differ, and only then", async () => {
    await listenOn(server);
    expect(server.state.commands).toMatchObject(registered);
    await listenOn(server);
    expect(registrations()).toHaveLength(1);
  });

  it("registers in one server, also without listening", async () => {
    const guildId = server.state.guild.id;
    const options = {
      token: server.token,
      apiUrl: server.apiUrl,
      guildId,
      commands: sampleCommands,
      catalog: defaultCatalog,
    };
    await registerDiscordCommands(options);
    await registerDiscordCommands(options);
    const inServer = registered.map(({ name, type }) => ({ name, type, guildId }));
    expect(server.state.commands).toMatchObject(inServer);
    expect(server.gateway.identified).toBe(0);
  });

  it("registers in one server where the commands differ, and only then", async () => {
    const guildId = server.state.guild.id;
    for (const _ of [1, 2]) await listenOn(server, undefined, { guildId });
    expect(registrations()).toHaveLength(1);
    for (const { definition } of server.state.commands) {
      expect(definition).not.toHaveProperty("contexts");
      expect(definition).not.toHaveProperty("integration_types");
    }
  });

  it("says that the token is not accepted", async () => {
    const adapter = adapterFor(server, { token: "not.a.token" });
    const never = { handle: async () => {}, complete: async () => [], event: async () => {} };
    await expect(adapter.start(never)).rejects.toMatchObject({
      name: "UserError",
      code: "discord_token",
      message: expect.stringContaining("DISCORD_TOKEN is not accepted"),
    });
    expect(server.invalidRequests).toBe(1);
  });

  it("is connected until the gateway drops, and again afterwards", async () => {
    const { adapter } = await listenOn(server);
    expect(adapter.connected()).toBe(true);
    server.dropGateway();
    await expect.poll(() => adapter.connected()).toBe(false);
    await expect.poll(() => adapter.connected(), { timeout: 10_000 }).toBe(true);
    await adapter.stop();
    expect(adapter.connected()).toBe(false);
  });
});

describe("a request", () => {
  async function requestOf(act: () => unknown): Promise<ChatRequest> {
    const { requests } = await listenOn(server, ({ reply }) =>
      reply.private({ tone: "info", lines: [["ok"]] }),
    );
    act();
    return server.waitFor(() => requests[0]);
  }

  it("carries who asks for what, and where", async () => {
    const options = { prompt: "a boat", seconds: "8 seconds" };
    const request = await requestOf(() =>
      server.person("grace").slash({ ...create, channel: "ideas", options }),
    );
    expect(request).toMatchObject({
      id: expect.stringMatching(/^\d+$/),
      actor: { id: server.person("grace").id, name: "grace", moderator: true },
      destination: {
        platform: "discord",
        workspace: server.state.guild.id,
        channel: server.channel("ideas").id,
        parent: server.channel("general").id,
      },
      invocation: { kind: "command", name: "create", values: { prompt: "a boat", seconds: "8" } },
      uploadLimitBytes: 10 * 1024 ** 2,
    });
    expect(request.destination.message).toBeUndefined();
  });

  it("names the channel that a thread is in, whatever is done there", async () => {
    const parentId = server.channel("general").id;
    // Archived, so that nobody told of it before.
    const thread = server.state.addChannel({ type: 11, name: "old", parentId });
    const { requests, queries } = await listenOn(server, async ({ reply, invocation }) => {
      if (invocation.kind === "button") await reply.private({ tone: "info", lines: [["ok"]] });
      else await reply.page(galleryPage(["boat"]));
    });
    const channel = thread.id;
    const typing = { name: "video", subcommand: "remix", focused: "video", options: { video: "bo" } };
    await ada.autocomplete({ ...typing, channel }).choices();
    const page = await ada.slash({ ...create, channel }).reply();
    await ada.press(page, "Older").acknowledged();
    const expected = { platform: "discord", workspace: server.state.guild.id, channel, parent: parentId };
    const places = [...queries, ...requests].map(({ destination }) => destination);
    expect(places).toEqual([expected, expected, expected]);
  });

  it("names no other channel outside of threads", async () => {
    expect((await requestOf(() => ada.slash(create))).destination).not.toHaveProperty("parent");
  });

  it("says of ordinary members that they are no moderators", async () => {
    expect((await requestOf(() => ada.slash(create))).actor.moderator).toBe(false);
  });

  it("does not count on a subscription of the person's", async () => {
    const rich = server.addPerson("rich", { uploadLimit: 500 * 1024 ** 2 });
    expect((await requestOf(() => rich.slash(create))).uploadLimitBytes).toBe(10 * 1024 ** 2);
  });

  it("comes from direct messages as well", async () => {
    const { user: recipient } = server.state.members.find(({ user }) => user.id === ada.id) ?? {};
    const direct = server.state.addChannel({ type: 1, name: "direct", ...(recipient && { recipient }) });
    const { destination, actor } = await requestOf(() => ada.slash({ ...create, channel: direct.id }));
    expect(destination).toEqual({ platform: "discord", workspace: "@me", channel: direct.id });
    expect(actor).toMatchObject({ moderator: false, roles: [] });
  });

  it("opens pictures from Discord's own host", async () => {
    const image = { filename: "cat.png", contentType: "image/png", bytes: Buffer.from("a picture") };
    const { invocation } = await requestOf(() =>
      ada.slash({ ...create, options: { prompt: "a cat", image } }),
    );
    const value = invocation.kind === "command" ? invocation.values.image : undefined;
    if (typeof value !== "object") throw new Error("There is no picture.");
    expect(value).toMatchObject({ filename: "cat.png", contentType: "image/png", bytes: 9 });
    const stream = await value.open(AbortSignal.timeout(5_000));
    expect((await buffer(stream)).toString()).toBe("a picture");
  });

  it("names no command when an unknown button is pressed, whoever does so is to be told", async () => {
    const { requests } = await listenOn(
      server,
      async ({ reply }) => void (await reply.card({ ...card, buttons: [] })),
    );
    const shown = await ada.slash(create).reply();
    const row = { type: 1, components: [{ type: 2, style: 1, label: "Old", custom_id: "v0:old" }] };
    shown.components = [row];
    await ada.press(shown, "Old").reply();
    const { invocation } = requests.at(-1) ?? {};
    expect(invocation).toEqual({ kind: "button", action: "", argument: "" });
  });
});

describe("buttons, forms and suggestions", () => {
  it("name the job, and bring back what was filled in", async () => {
    const [declared] = sampleCommands;
    if (!declared) throw new Error("There are no commands.");
    const image = { filename: "cat.png", contentType: "image/png", bytes: Buffer.from("a picture") };
    const form = { ...formOf(declared, defaultCatalog), hidden: { from: "0k3v8zq1xw" } };
    const { requests } = await listenOn(server, ({ reply, invocation }) =>
      invocation.kind === "button" ? reply.form(form) : reply.card(card).then(() => {}),
    );
    const shown = await ada.slash(create).reply();
    const pressed = ada.press(shown, "Remix");
    const submitted = await ada.submitModal(pressed, {
      prompt: "a kite",
      size: ["1280x720"],
      image: [image],
    });
    const answer = await submitted.reply();
    expect(answer.id).not.toBe(shown.id);
    expect(requests.map(({ invocation }) => invocation).slice(1)).toEqual([
      { kind: "button", action: "remix", argument: "0k3v8zq1xw" },
      {
        kind: "command",
        name: "create",
        values: {
          prompt: "a kite",
          model: "sora-2",
          seconds: "4",
          size: "1280x720",
          image: expect.objectContaining({ filename: "cat.png", bytes: 9 }),
          from: "0k3v8zq1xw",
        },
      },
    ]);
  });

  it("are offered as many and as long as Discord takes", async () => {
    const { queries } = await listenOn(server);
    const typing = { name: "video", subcommand: "remix", focused: "video", options: { video: "bo" } };
    const choices = await ada.autocomplete(typing).choices();
    expect(choices).toHaveLength(25);
    expect(choices[0]).toEqual({ name: `${"n".repeat(99)}…`, value: "v0" });
    expect(queries).toMatchObject([{ command: "remix", option: "video", text: "bo", actor: { id: ada.id } }]);
  });
});

describe("access", () => {
  it("knows a thread that nobody told of before", async () => {
    server.deny("general", "SendMessagesInThreads");
    const { adapter, first } = await listenOn(server);
    const thread = server.state.addChannel({ type: 11, name: "old", parentId: server.channel("general").id });
    ada.slash({ ...create, channel: thread.id });
    const { destination } = await first;
    await expect(adapter.checkAccess(destination)).rejects.toThrow("“Send Messages in Threads” is missing");
  });

  it("is told by the last interaction of a place", async () => {
    server.deny("general", "AttachFiles", "SendMessages");
    let refused: Promise<void> | undefined;
    const { adapter } = await listenOn(server, async ({ destination, reply }) => {
      refused = checkAccess(adapter, destination);
      await reply.private({ tone: "info", lines: [["ok"]] });
    });
    await ada.slash(create).reply();
    await expect(refused).rejects.toMatchObject({ code: "missing_permissions" });
    server.deny("general");
    await ada.slash(create).reply();
    await expect(refused).resolves.toBeUndefined();
  });

  function checkAccess(adapter: ChatAdapter, destination: ChatRequest["destination"]): Promise<void> {
    const checked = adapter.checkAccess(destination);
    checked.catch(() => {});
    return checked;
  }
});
