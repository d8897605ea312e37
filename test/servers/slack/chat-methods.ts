import type { Arguments } from "./arguments.ts";
import { readMessageBlocks } from "./blocks.ts";
import { messageAt, postingChannel, seenChannel } from "./channel-access.ts";
import { postEphemeral } from "./ephemerals.ts";
import type { JsonObject } from "./json.ts";
import { editMessage, messageJson, postMessage, removeMessage } from "./messages.ts";
import { refuse } from "./refusal.ts";
import type { SlackContext } from "./state.ts";
import type { Call, Methods } from "./web-api.ts";

/** Longest `text` of a new message; Slack cuts it there, which a bot should not let happen. */
const maxPostedText = 40_000;
/** Longest `text` of an edit; docs.slack.dev/reference/methods/chat.update. */
const maxUpdatedText = 4000;

const look = ["text", "blocks", "link_names", "parse"];
const posting = [...look, "channel", "thread_ts", "metadata", "mrkdwn"];
const unfurling = ["unfurl_links", "unfurl_media", "reply_broadcast"];

/** `chat.*`. */
export function createChatMethods(context: SlackContext): Methods {
  return {
    "chat.postMessage": {
      scopes: ["chat:write"],
      tier: "posting",
      args: [...posting, ...unfurling],
      run: (call) => post(context, call),
    },
    "chat.update": {
      scopes: ["chat:write"],
      tier: "tier3",
      args: [...look, "channel", "ts", "metadata"],
      run: (call) => update(context, call),
    },
    "chat.delete": {
      scopes: ["chat:write"],
      tier: "tier3",
      args: ["channel", "ts"],
      run: ({ args, team }) => {
        const channel = seenChannel(context, team, args.required("channel"));
        const message = messageAt(channel, args.required("ts"));
        if (message.user !== team.botUserId) throw refuse("cant_delete_message");
        removeMessage(context, channel, message);
        return { channel: channel.id, ts: message.ts };
      },
    },
    "chat.postEphemeral": {
      scopes: ["chat:write"],
      tier: "tier4",
      args: [...posting, "user"],
      run: (call) => whisper(context, call),
    },
    "chat.getPermalink": {
      scopes: [],
      tier: "special",
      args: ["channel", "message_ts"],
      run: ({ args, team }) => {
        const channel = seenChannel(context, team, args.required("channel"));
        const { ts } = messageAt(channel, args.required("message_ts"));
        const permalink = `https://${team.domain}.slack.com/archives/${channel.id}/p${ts.replace(".", "")}`;
        return { channel: channel.id, permalink };
      },
    },
  };
}

function post(context: SlackContext, { args, team }: Call): JsonObject {
  const channel = postingChannel(context, team, args.required("channel"));
  const content = readContent(context, args, { method: "chat.postMessage", maxText: maxPostedText });
  const thread_ts = args.text("thread_ts");
  if (thread_ts) messageAt(channel, thread_ts, "thread_not_found");
  const message = postMessage(context, {
    channel,
    user: team.botUserId,
    bot_id: team.botId,
    thread_ts,
    ...content,
  });
  return { channel: channel.id, ts: message.ts, message: messageJson(message, context) };
}

/** Text without blocks takes the blocks away, as Slack documents it. */
function update(context: SlackContext, { args, team }: Call): JsonObject {
  const channel = seenChannel(context, team, args.required("channel"));
  const message = messageAt(channel, args.required("ts"));
  if (message.user !== team.botUserId) throw refuse("cant_update_message");
  if (channel.isArchived) throw refuse("is_inactive");
  const content = readContent(context, args, { method: "chat.update", maxText: maxUpdatedText });
  editMessage(context, message, content);
  return {
    channel: channel.id,
    ts: message.ts,
    text: message.text,
    message: messageJson(message, context),
  };
}

function whisper(context: SlackContext, { args, team }: Call): JsonObject {
  const channel = postingChannel(context, team, args.required("channel"));
  const user = args.required("user");
  if (!channel.members.has(user)) throw refuse("user_not_in_channel");
  const content = readContent(context, args, { method: "chat.postEphemeral", maxText: maxPostedText });
  const thread_ts = args.text("thread_ts");
  const { ts } = postEphemeral(context, { channel, user, thread_ts, via: "chat.postEphemeral", ...content });
  return { message_ts: ts };
}

function readContent(context: SlackContext, args: Arguments, rule: { method: string; maxText: number }) {
  const text = args.text("text") ?? "";
  if (text.length > rule.maxText) throw refuse("msg_too_long");
  const blocks = readMessageBlocks(args, context.state.files) ?? [];
  if (text === "" && blocks.length === 0) throw refuse("no_text");
  if (text === "") {
    context.state.warnings.push({
      method: rule.method,
      warning: "no text beside blocks: notifications and screen readers have nothing to say",
    });
  }
  const linkNames = args.flag("link_names") || args.text("parse") === "full";
  return { text, blocks, linkNames };
}
