import { ComponentType } from "discord.js";
import { createBotMemory } from "../fixtures/bot.ts";
import { startDiscordBot } from "../fixtures/discord-bot.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import type { InteractionHandle } from "../servers/discord/interaction-handle.ts";
import type { Person } from "../servers/discord/person.ts";
import type { OptionValue } from "../servers/discord/slash-options.ts";
import type { StoredMessage } from "../servers/discord/state.ts";
import { adminOperationsSuite } from "./suites/admin-operations-suite.ts";
import { channelOperationsSuite } from "./suites/channel-operations-suite.ts";
import { forgedRequestsSuite } from "./suites/forged-requests-suite.ts";
import { type Hands, type OperationsHarness, widePicture } from "./suites/operations-harness.ts";
import { videoOperationsSuite } from "./suites/video-operations-suite.ts";

const pictureAddress = "https://pictures.example/kite.png";

/** What an ephemeral message is: a page has a title, which stands in its first line as a heading. */
const isPage = ({ text }: StoredMessage) => text.startsWith("### ");

/** A person of the guild. */
function handsOf(server: DiscordServer, person: Person, channel = "general"): Hands {
  let last: InteractionHandle | undefined;
  const sent = (handle: InteractionHandle) => {
    last = handle;
  };
  const secrets = () =>
    [...server.state.messages.values()].filter(
      ({ visibleTo, deleted }) => visibleTo === person.id && !deleted,
    );
  const pageOf = () => secrets().findLast(isPage);
  const toldOf = () => secrets().findLast((message) => !isPage(message));
  const cards = () => server.channel("general").messages.filter(({ author }) => author.bot);

  function video(): StoredMessage {
    const message = cards().findLast(({ attachments }) => attachments.length > 0);
    if (!message) throw new Error("There is no video.");
    return message;
  }

  return {
    id: person.id,
    async command(name, values = {}) {
      const options = Object.entries(values).map(([option, value]): [string, OptionValue] => {
        if (typeof value !== "string") {
          return [option, { filename: "picture.png", contentType: "image/png", bytes: value }];
        }
        return [option === "image" ? "image-link" : option, value];
      });
      sent(person.slash({ channel, name: "video", subcommand: name, options: Object.fromEntries(options) }));
    },
    async press(label) {
      const message = cards().findLast(({ buttons }) => buttons.some((button) => button.label === label));
      if (!message) throw new Error(`No message has a button “${label}”.`);
      sent(person.press(message, label));
    },
    async pressPage(label, nth = 0) {
      const page = pageOf();
      const button = page?.buttons.filter((candidate) => candidate.label === label)[nth];
      if (!page || !button?.customId) throw new Error(`The page has no button “${label}”.`);
      sent(person.press(page, button.customId));
    },
    async forge(action, argument) {
      sent(person.forge(`v1:${action}:${argument}`, channel));
    },
    carry: async (id) => sent(person.forge(id, channel)),
    async submit(values) {
      if (!last) throw new Error("No form is open.");
      const fields = (await last.modal()).components.map(({ component }) => component);
      const filled = Object.entries(values).map(([name, value]) => {
        const field = fields.find((candidate) => candidate?.custom_id === name);
        return [name, field?.type === ComponentType.StringSelect ? [value] : value];
      });
      sent(await person.submitModal(last, Object.fromEntries(filled)));
    },
    async page() {
      const page = pageOf();
      return (
        page && {
          text: page.text,
          buttons: page.buttons.map(({ label }) => label),
          pictures: page.media.length,
        }
      );
    },
    told: async () => toldOf()?.text ?? "",
    file: async () => toldOf()?.attachments.at(-1)?.bytes,
    async form() {
      const { modal } = last?.interaction ?? {};
      return modal?.components.flatMap(({ component }) => component?.custom_id ?? []);
    },
    async shortcut(label) {
      sent(person.contextMenu(label, video()));
    },
    async animate(picture) {
      const file = { filename: "picture.png", contentType: "image/png", bytes: picture };
      sent(person.contextMenu("Animate this picture", person.say({ content: "look", files: [file] })));
    },
    star: async () => person.react(video(), "⭐"),
    remove: async () => person.delete(video()),
  };
}

async function start(): Promise<OperationsHarness> {
  const server = await createDiscordServer();
  const memory = await createBotMemory(server.now);
  const web = new Map([[pictureAddress, await widePicture()]]);
  const olga = server.addPerson("olga");
  const bot = await startDiscordBot(server, memory, { web, operatorIds: [olga.id] });
  const { id } = server.channel("general");
  const sam = server.addPerson("sam");
  const recipient = server.state.members.find(({ user }) => user.id === sam.id)?.user;
  if (!recipient) throw new Error("Sam did not arrive.");
  server.state.addChannel({ type: 1, name: "sam's direct messages", recipient });
  return {
    bot,
    memory,
    channel: { platform: "discord", workspace: server.state.guild.id, channel: id },
    requester: handsOf(server, server.person("ada")),
    member: handsOf(server, server.addPerson("bob")),
    moderator: handsOf(server, server.person("grace")),
    operator: handsOf(server, olga),
    // Who is in the guild is a stranger in direct messages: no server's videos are there.
    stranger: handsOf(server, sam, "sam's direct messages"),
    pictureAddress,
    messages: async () =>
      server.channel("general").messages.map(({ text, buttons, attachments }) => ({
        text,
        buttons: buttons.map(({ label }) => label),
        video: attachments.length > 0,
      })),
    async close() {
      await bot.stop();
      await memory.store.close();
      await server.close();
    },
  };
}

videoOperationsSuite("Discord", start);
adminOperationsSuite("Discord", start);
channelOperationsSuite("Discord", start);
forgedRequestsSuite("Discord", start);
