import type { Arguments } from "./arguments.ts";
import { messageAt, readableChannel, seenChannel } from "./channel-access.ts";
import type { JsonObject } from "./json.ts";
import { messageJson } from "./messages.ts";
import { refuse } from "./refusal.ts";
import { openDirectMessage } from "./seed.ts";
import type { Channel, Message, SlackContext, Team } from "./state.ts";
import type { Methods } from "./web-api.ts";

const range = ["latest", "oldest", "inclusive", "limit", "cursor", "include_all_metadata"];

/** docs.slack.dev/reference/methods/conversations.members: "an integer under 1000". */
const maxPage = 999;

/** `conversations.*`; the reading ones need `channels:`, `groups:` or `im:` scopes by the kind of channel. */
export function createConversationMethods(context: SlackContext): Methods {
  return {
    "conversations.info": {
      scopes: [],
      tier: "tier3",
      args: ["channel", "include_locale", "include_num_members"],
      run: ({ args, team }) => {
        const channel = readableChannel(context, team, { id: args.required("channel"), family: "read" });
        const count = args.flag("include_num_members") ? { num_members: channel.members.size } : {};
        return { channel: { ...channelJson(channel, team), ...count } };
      },
    },
    "conversations.join": {
      scopes: ["channels:join"],
      tier: "tier3",
      args: ["channel"],
      run: ({ args, team }) => {
        const channel = seenChannel(context, team, args.required("channel"));
        if (channel.kind !== "public") throw refuse("method_not_supported_for_channel_type");
        if (channel.isArchived) throw refuse("is_archived");
        const already = channel.members.has(team.botUserId) ? { warning: "already_in_channel" } : {};
        channel.members.add(team.botUserId);
        context.changed();
        return { channel: channelJson(channel, team), ...already };
      },
    },
    "conversations.open": {
      scopes: ["im:write"],
      tier: "tier3",
      args: ["channel", "users", "return_im", "prevent_creation"],
      run: ({ args, team }) => {
        const channel = args.text("channel");
        if (channel) return { channel: { id: seenChannel(context, team, channel).id } };
        const [id, ...others] = args.text("users")?.split(",") ?? [];
        if (id === undefined) throw refuse("users_list_not_supplied");
        const user = context.state.users.get(id);
        if (user?.team !== team.id || others.length > 0) throw refuse("user_not_found");
        return { channel: { id: openDirectMessage(context.state, team, user).id } };
      },
    },
    "conversations.members": {
      scopes: [],
      tier: "tier4",
      args: ["channel", "cursor", "limit"],
      run: ({ args, team }) => {
        const channel = readableChannel(context, team, { id: args.required("channel"), family: "read" });
        return pageOf("members", [...channel.members], args);
      },
    },
    "conversations.history": {
      scopes: [],
      tier: "tier3",
      args: ["channel", ...range],
      run: ({ args, team }) => {
        const channel = readableChannel(context, team, { id: args.required("channel"), family: "history" });
        const messages = channel.messages.filter(({ thread_ts, ts }) => !thread_ts || thread_ts === ts);
        return messagePage(context, messages.reverse(), args);
      },
    },
    "conversations.replies": {
      scopes: [],
      tier: "tier3",
      args: ["channel", "ts", ...range],
      run: ({ args, team }) => {
        const channel = readableChannel(context, team, { id: args.required("channel"), family: "history" });
        const parent = messageAt(channel, args.required("ts"), "thread_not_found");
        const root = parent.thread_ts ?? parent.ts;
        const thread = channel.messages.filter(({ thread_ts, ts }) => ts === root || thread_ts === root);
        return messagePage(context, thread, args);
      },
    },
  };
}

/** A conversation object, as the bot of `team` sees it. */
function channelJson(channel: Channel, team: Team): JsonObject {
  const { id, name, kind, members, isArchived } = channel;
  if (kind === "im") {
    const user = [...members].find((member) => member !== team.botUserId);
    return { id, is_im: true, is_channel: false, is_archived: isArchived, user };
  }
  return {
    id,
    name,
    is_channel: true,
    is_im: false,
    is_mpim: kind === "mpim",
    is_private: kind !== "public",
    is_archived: isArchived,
    is_member: members.has(team.botUserId),
  };
}

function messagePage(context: SlackContext, messages: Message[], args: Arguments): JsonObject {
  const oldest = args.text("oldest") ?? "0";
  const latest = args.text("latest") ?? "9999999999";
  const inclusive = args.flag("inclusive");
  const within = messages.filter(
    ({ ts }) => (ts > oldest && ts < latest) || (inclusive && [oldest, latest].includes(ts)),
  );
  const shown = within.map((message) => messageJson(message, context));
  return pageOf("messages", shown, args);
}

function pageOf(name: string, items: readonly unknown[], args: Arguments): JsonObject {
  const start = Number(args.text("cursor") ?? 0);
  if (Number.isNaN(start)) throw refuse("invalid_cursor");
  const limit = args.number("limit") ?? 100;
  if (limit > maxPage) throw refuse("invalid_limit");
  const end = start + limit;
  const hasMore = end < items.length;
  return {
    [name]: items.slice(start, end),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? String(end) : "" },
  };
}
