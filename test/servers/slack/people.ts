import type { ChangeSignal } from "../change-signal.ts";
import type { Deliver } from "./deliver.ts";
import { channelTypes, type Events } from "./events.ts";
import { addFile, fileJson, shownFileJson } from "./files.ts";
import { type FieldValue, fillForm } from "./form-values.ts";
import { deleteFile, react } from "./happenings.ts";
import { afterCommand, afterSubmission, type Interaction, interact } from "./interactions.ts";
import { stringIn } from "./json.ts";
import { postMessage, removeMessage } from "./messages.ts";
import {
  escapeText,
  eventPayload,
  mentionPayload,
  messageActionPayload,
  messageEvent,
  shortcutPayload,
  slashPayload,
  submissionPayload,
  viewActionPayload,
} from "./payloads.ts";
import { buttonsOf } from "./reading.ts";
import type { ResponseUrls } from "./response-urls.ts";
import {
  type Channel,
  type Ephemeral,
  type Message,
  mustGet,
  type SlackContext,
  type SlackFile,
  type User,
  type View,
} from "./state.ts";
import type { Triggers } from "./triggers.ts";
import { isOnTop } from "./views.ts";

interface PersonOptions {
  context: SlackContext;
  deliver: Deliver;
  triggers: Triggers;
  responseUrls: ResponseUrls;
  events: Events;
  waitFor: ChangeSignal["waitFor"];
  /** A channel of the person's workspace by id or name. */
  channel: (idOrName: string) => Channel;
}

/** A person at a Slack client: does what the client lets people do, throws where it would not. */
export interface Person {
  user: User;
  /** The bot gets `&`, `<` and `>` as entities, as is reported of commands and documented of messages. */
  slash(command: { channel: string; command: string; text?: string }): Promise<Interaction>;
  /** @param button its action id or label. */
  press(target: Message | Ephemeral | View, button: string): Promise<Interaction>;
  /** @param values by block id or action id. */
  submitView(view: View, values: Record<string, FieldValue>): Promise<Interaction>;
  /** Chooses the app's shortcut in the menu of a message. */
  messageShortcut(callbackId: string, message: Message): Promise<Interaction>;
  /** Posts `@bot text` in a channel and sends the event. */
  mention(
    channel: string,
    text: string,
    options?: { thread_ts?: string; files?: SlackFile[] },
  ): Promise<Interaction & { message: Message }>;
  /** Writes to the bot directly and sends the event. */
  write(
    text: string,
    options?: { thread_ts?: string; files?: SlackFile[] },
  ): Promise<Interaction & { message: Message }>;
  /** Closes a modal, or goes back to the view below. */
  closeView(view: View): void;
  /** Deletes a message; one of another author takes an admin. */
  remove(message: Message): void;
  /** Deletes a file; one of another owner takes an admin. */
  removeFile(file: SlackFile): void;
  react(message: Message, name: string): void;
  unreact(message: Message, name: string): void;
  /** Posts a message that the bot is not told of. */
  say(channel: string, text: string, options?: { thread_ts?: string; files?: SlackFile[] }): Message;
  /** Gives a file to a message or a form. */
  uploadFile(file: { name: string; bytes: Buffer }): { file: SlackFile; url_private: string };
}

/** @param user who acts. */
export function createPerson(options: PersonOptions, user: User): Person {
  const { context, triggers, responseUrls, events, channel: channelOf } = options;
  const { state } = context;
  const team = mustGet(state.teams, user.team, "team");
  /** It is good where the bot is installed, which for people of other organisations is not their own workspace. */
  const trigger = (at: Channel | View) => {
    const view = "definition" in at ? at.id : undefined;
    return { user, trigger_id: triggers.issue(user.id, at.team, view) };
  };
  const mustSee = (view: View) => {
    if (view.user !== user.id || !isOnTop(context, view)) {
      throw new Error(`${user.name} has no open view ${view.id}, or not on top`);
    }
  };
  const mustOwn = (owner: string) => {
    if (owner !== user.id && !user.is_admin) throw new Error(`${user.name} may not delete that`);
  };
  const mustHave = (scope: string) => {
    if (!team.scopes.has(scope)) throw new Error(`without the scope ${scope} Slack tells the bot nothing`);
  };

  function say(channelName: string, text: string, extra: { thread_ts?: string; files?: SlackFile[] } = {}) {
    const channel = channelOf(channelName);
    const message = postMessage(context, { channel, user: user.id, text, blocks: [], ...extra });
    const { ts, thread_ts } = message;
    for (const file of message.files) file.shares.push({ channel: channel.id, ts, thread_ts });
    return message;
  }

  return {
    user,
    say: (channel, text, extra) => say(channel, escapeText(text), extra),
    slash: ({ channel: channelName, command, text = "" }) => {
      mustHave("commands");
      const channel = channelOf(channelName);
      const response_url = responseUrls.issue({ channel, user: user.id });
      const payload = slashPayload(context, { ...trigger(channel), channel, command, text, response_url });
      const onAck: Doing["onAck"] = (ack) => afterCommand(context, { ack, command, channel, user });
      return interact(options, { kind: "slash_commands", user, payload, onAck });
    },
    press: (target, wanted) => {
      const action = findButton(target, wanted);
      if (!("ts" in target)) {
        mustSee(target);
        const payload = viewActionPayload(context, { ...trigger(target), view: target, action });
        return interact(options, { kind: "interactive", user, payload });
      }
      const channel = channelOf(target.channel);
      const response_url = responseUrls.issue({ channel, user: user.id, original: target });
      const place = { channel, message: target, response_url, action };
      const payload = messageActionPayload(context, { ...trigger(channel), ...place });
      return interact(options, { kind: "interactive", user, payload });
    },
    submitView: (view, values) => {
      mustSee(view);
      const files = (id: string) => shownFileJson(mustGet(state.files, id, "file"), context, view.team);
      view.values = fillForm(view.blocks, values, files);
      const payload = submissionPayload(context, { ...trigger(view), view });
      const onAck: Doing["onAck"] = (ack) => afterSubmission(context, view, ack);
      return interact(options, { kind: "interactive", user, payload, onAck });
    },
    messageShortcut: (callback_id, message) => {
      mustHave("commands");
      const channel = channelOf(message.channel);
      const response_url = responseUrls.issue({ channel, user: user.id, original: message });
      const place = { channel, message, callback_id, response_url };
      const payload = shortcutPayload(context, { ...trigger(channel), ...place });
      return interact(options, { kind: "interactive", user, payload });
    },
    mention: async (channel, text, extra) => {
      mustHave("app_mentions:read");
      const { kind, members } = channelOf(channel);
      if (kind === "im" || !members.has(team.botUserId)) {
        throw new Error(`Slack sends no app_mention from ${channel}: the bot is not a member of it`);
      }
      const message = say(channel, `<@${team.botUserId}> ${escapeText(text)}`, extra);
      const payload = mentionPayload(context, message);
      // A bot that hears the channel is told of the message a second time, as of any other.
      const channel_type = channelTypes[kind];
      events.emit(team.id, { ...messageEvent(context, message), channel_type });
      return Object.assign(await interact(options, { kind: "events_api", user, payload }), { message });
    },
    write: async (text, extra) => {
      const message = say(`D${user.id.slice(1)}`, escapeText(text), extra);
      const event = { ...messageEvent(context, message), channel_type: "im" };
      if (!events.hears(team.id, event)) throw new Error("Slack does not tell this bot of direct messages");
      const payload = eventPayload(context, team.id, event);
      return Object.assign(await interact(options, { kind: "events_api", user, payload }), { message });
    },
    closeView: (view) => {
      mustSee(view);
      view.isOpen = false;
      context.changed();
    },
    remove: (message) => {
      mustOwn(message.user);
      removeMessage(context, channelOf(message.channel), message);
    },
    removeFile: (file) => {
      mustOwn(file.user);
      deleteFile(context, file);
    },
    react: (message, name) => react(context, message, { user: user.id, name, isOn: true }),
    unreact: (message, name) => react(context, message, { user: user.id, name, isOn: false }),
    uploadFile: ({ name, bytes }) => {
      const file = addFile(context, { team: team.id, user: user.id, name, size: bytes.length, bytes });
      return { file, url_private: stringIn(fileJson(file, context), "url_private") };
    },
  };
}

type Doing = Parameters<typeof interact>[1];

function findButton(target: Message | Ephemeral | View, wanted: string) {
  const buttons = buttonsOf(target);
  const found = buttons.find(({ actionId, label }) => actionId === wanted || label === wanted);
  if (!found) throw new Error(`no button ${wanted} among ${buttons.map(({ label }) => label).join(", ")}`);
  if ("deadActions" in target && target.deadActions.has(found.actionId)) {
    throw new Error(`button ${wanted} came with an update of a message with files: reported not to fire`);
  }
  return found.action;
}
