import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formOf } from "../../src/chat/options.ts";
import { defaultCatalog } from "../../src/videos/catalog.ts";
import { sampleCommands } from "../fixtures/discord-commands.ts";
import { card, create, listenOn } from "../fixtures/discord-listener.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { Person } from "../servers/discord/person.ts";

const MESSAGE = 4;
const DEFERRED = 5;

let server: DiscordServer;
let ada: Person;

beforeEach(async () => {
  server = await createDiscordServer();
  ada = server.person("ada");
});

afterEach(() => server.close());

describe("an answer", () => {
  it("is private at once, and again as a message of its own", async () => {
    await listenOn(server, async ({ reply }) => {
      await reply.private({ tone: "error", lines: [["first"]] });
      await reply.private({ tone: "error", lines: [["second"]] });
    });
    const asked = ada.slash(create);
    expect((await asked.acknowledged()).type).toBe(MESSAGE);
    await server.waitFor(() => asked.interaction.responses.length === 2);
    expect(asked.interaction.responses).toMatchObject([
      { text: "first", visibleTo: ada.id },
      { text: "second", visibleTo: ada.id },
    ]);
  });

  it("gives the card's address, by which it can be found again", async () => {
    const { adapter, first } = await listenOn(server);
    const asked = ada.slash(create);
    const request = await first;
    const destination = await request.reply.card(card);
    expect(destination.message).toBe((await asked.reply()).id);
    const job = { id: card.jobId, createdAt: server.now() };
    const find = () => adapter.findCard(request.destination, request.receipt ?? "", job);
    expect(await find()).toEqual(destination);
    server.advance(16 * 60_000);
    expect(await find()).toEqual(destination);
    // A 401 for an interaction's old token is no reason to forget the bot's own.
    await adapter.editCard(destination, { ...card, title: "Rendering" });
    expect((await asked.reply()).text).toContain("Rendering");
  });

  it("is deferred privately when it takes long, and the card comes to the channel", async () => {
    const ready = Promise.withResolvers<void>();
    const { adapter, first } = await listenOn(server, async ({ reply }) => {
      await ready.promise;
      await reply.card(card);
    });
    const asked = ada.slash(create);
    const ack = await asked.acknowledged();
    expect(ack.type).toBe(DEFERRED);
    expect(ack.afterMs).toBeLessThan(2_900);
    const { destination, receipt = "" } = await first;
    const job = { id: card.jobId, createdAt: server.now() };
    expect(await adapter.findCard(destination, receipt, job)).toBeUndefined();

    ready.resolve();
    const shown = await server.waitFor(() => server.channel("general").messages[0]);
    expect(shown.text).toContain("**Queued**");
    await server.waitFor(() => asked.interaction.original?.text);
    expect(asked.interaction.responses).toMatchObject([{ visibleTo: ada.id }]);
    expect(asked.interaction.original?.text).toContain(`/${shown.channelId}/${shown.id})`);
  });

  it("can be words after a deferral, but no form", async () => {
    const ready = Promise.withResolvers<void>();
    await listenOn(server, async ({ reply, invocation }) => {
      await ready.promise;
      const [declared] = sampleCommands;
      const isHelp = invocation.kind === "command" && invocation.name === "help";
      if (isHelp || !declared) return reply.private({ tone: "info", lines: [["at last"]] });
      return reply.form(formOf(declared, defaultCatalog));
    });
    const words = ada.slash({ name: "video", subcommand: "help" });
    const form = ada.slash(create);
    await Promise.all([words.acknowledged(), form.acknowledged()]);
    ready.resolve();
    await server.waitFor(() => words.interaction.original?.text === "at last");
    await server.waitFor(() => form.interaction.original?.text.includes("took too long"));
    expect(form.interaction.responses).toMatchObject([{ visibleTo: ada.id }]);
    expect(server.channel("general").messages).toEqual([]);
  });

  it("is finished before the adapter stops", async () => {
    const ready = Promise.withResolvers<void>();
    const { adapter, first } = await listenOn(server, async ({ reply }) => {
      await ready.promise;
      await reply.card(card);
    });
    ada.slash(create);
    await first;
    const stopped = adapter.stop();
    ready.resolve();
    await stopped;
    expect(server.channel("general").messages).toHaveLength(1);
  });
});
