import { createBotMemory } from "../fixtures/bot.ts";
import { asRegistered, startSlackBot } from "../fixtures/slack-bot.ts";
import type { Person } from "../servers/slack/people.ts";
import { buttonsOf, picturesShown, textOf } from "../servers/slack/reading.ts";
import { addUser, openDirectMessage } from "../servers/slack/seed.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import { type Message, mustGet, type User } from "../servers/slack/state.ts";
import { adminOperationsSuite } from "./suites/admin-operations-suite.ts";
import { channelOperationsSuite } from "./suites/channel-operations-suite.ts";
import { forgedRequestsSuite } from "./suites/forged-requests-suite.ts";
import { type Hands, type OperationsHarness, widePicture } from "./suites/operations-harness.ts";
import { videoOperationsSuite } from "./suites/video-operations-suite.ts";

const pictureAddress = "https://pictures.example/kite.png";
const SHORTCUTS: Record<string, string> = { "Video details": "info", "Remix this video": "remix" };

/** A person of the workspace, who writes in that channel. */
function handsOf(slack: SlackServer, person: Person, place = "general"): Hands {
  const { user } = person;
  const messages = () => slack.channel(place).messages;
  const views = (wanted: (kind: string) => boolean) =>
    slack.views.filter((view) => view.user === user.id && view.isOpen && wanted(view.callback_id));
  const pageOf = () => views((kind) => kind === "page").at(-1);
  const formOf = () => views((kind) => kind !== "page" && kind !== "notice").at(-1);
  const slash = (text: string) => person.slash({ channel: place, command: "/video", text });

  function video(): Message {
    const message = messages().findLast(({ files, bot_id }) => bot_id !== undefined && files.length > 0);
    if (!message) throw new Error("There is no video.");
    return message;
  }

  async function carry(value: string): Promise<void> {
    const text = { type: "plain_text", text: "forged" };
    const button = { type: "button", action_id: "forged", value, text };
    const blocks = [{ type: "actions", block_id: "forged", elements: [button] }];
    await person.press({ ...person.say(place, "mine"), blocks }, "forged");
  }

  return {
    id: user.id,
    async command(name, values = {}) {
      const { image, ...rest } = values;
      if (typeof image === "object") {
        const view = await (await slash("")).openedView();
        const { file } = person.uploadFile({ name: "picture.png", bytes: image });
        await person.submitView(view, { ...textual(rest), image: [file.id] });
        return;
      }
      const flags = Object.entries(textual(values)).map(([option, value]) => `--${option} "${value}"`);
      await slash([name, ...flags].join(" "));
    },
    async press(label) {
      const message = messages().findLast((one) => buttonsOf(one).some((button) => button.label === label));
      if (!message) throw new Error(`No message has a button “${label}”.`);
      await person.press(message, label);
    },
    async pressPage(label, nth = 0) {
      const page = pageOf();
      const button = page && buttonsOf(page).filter((candidate) => candidate.label === label)[nth];
      if (!page || !button) throw new Error(`The page has no button “${label}”.`);
      await person.press(page, button.actionId);
    },
    forge: (action, argument) => carry(`v1:${action}:${argument}`),
    carry,
    async submit(values) {
      const form = formOf();
      if (!form) throw new Error("No form is open.");
      await person.submitView(form, values);
    },
    async page() {
      const view = pageOf();
      if (!view) return undefined;
      const labels = buttonsOf(view).map(({ label }) => label);
      const pictures = picturesShown(view.blocks).length;
      return { text: [view.title, textOf(view)].join("\n"), buttons: labels, pictures };
    },
    async told() {
      const ephemeral = slack.ephemerals.findLast((one) => one.user === user.id);
      const notice = views((kind) => kind === "notice").at(-1);
      return [ephemeral, notice].map((one) => (one ? textOf(one) : "")).join("\n");
    },
    async file() {
      const direct = slack.channel(user.name).messages.findLast(({ files }) => files.length > 0);
      return direct?.files.at(-1)?.bytes;
    },
    form: async () =>
      formOf()?.blocks.flatMap(({ type, block_id }) => (type === "input" ? String(block_id) : [])),
    async shortcut(label) {
      await person.messageShortcut(SHORTCUTS[label] ?? label, video());
    },
    async animate(picture) {
      const { file } = person.uploadFile({ name: "picture.png", bytes: picture });
      await person.messageShortcut("create", person.say(place, "look", { files: [file] }));
    },
    star: async () => person.react(video(), "star"),
    remove: async () => person.remove(video()),
  };
}

function textual(values: Record<string, string | Buffer>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

async function start(): Promise<OperationsHarness> {
  const slack = await createSlackServer({ rateLimits: "429", ...asRegistered });
  const memory = await createBotMemory(Date.now);
  const web = new Map([[pictureAddress, await widePicture()]]);
  const bot = await startSlackBot(slack, { memory, web, operatorIds: ["U1OLGA"] });
  const team = mustGet(slack.teams, "T1", "team");
  const general = slack.channel("general");

  function join(user: Pick<User, "id" | "name"> & Partial<User>): Person {
    const added = addUser(slack, { team: team.id, ...user });
    openDirectMessage(slack, team, added);
    return slack.person(added.name);
  }

  const carl = join({ id: "U1CARL", name: "carl" });
  const olga = join({ id: "U1OLGA", name: "olga" });
  for (const { user } of [carl, olga]) general.members.add(user.id);
  // A guest sees the channels alone that somebody took them into.
  const sam = join({ id: "U1SAM", name: "sam", is_restricted: true });
  return {
    bot,
    memory,
    channel: { platform: "slack", workspace: team.id, channel: general.id },
    requester: handsOf(slack, slack.person("bob")),
    member: handsOf(slack, carl),
    moderator: handsOf(slack, slack.person("ada")),
    operator: handsOf(slack, olga),
    stranger: handsOf(slack, sam, "sam"),
    pictureAddress,
    messages: async () =>
      general.messages
        .filter(({ bot_id }) => bot_id !== undefined)
        .map((message) => ({
          text: textOf(message),
          buttons: buttonsOf(message).map(({ label }) => label),
          video: message.files.length > 0,
        })),
    async close() {
      await bot.stop();
      await memory.store.close();
      await slack.close();
    },
  };
}

videoOperationsSuite("Slack", start);
adminOperationsSuite("Slack", start);
channelOperationsSuite("Slack", start);
forgedRequestsSuite("Slack", start);
