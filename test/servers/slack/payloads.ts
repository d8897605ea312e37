import { isObject, type JsonObject, stringIn } from "./json.ts";
import { appId, messageJson, nextTs } from "./messages.ts";
import {
  type Channel,
  type Ephemeral,
  type Message,
  mustGet,
  type SlackContext,
  type User,
  type View,
} from "./state.ts";
import { viewJson } from "./views.ts";

// Shapes: docs.slack.dev/reference/interaction-payloads and /reference/events/app_mention.

const verificationToken = "legacy-verification-token";

/** Slack escapes these three characters in what people type, and no others. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * What most payloads say: who, where, for which app. In a channel that is shared, people of another organisation have
 * the channel's `team` and their own `team_id` (slackapi/java-slack-sdk#1041).
 */
function common(context: SlackContext, user: User, teamId: string): JsonObject {
  const { id, domain } = mustGet(context.state.teams, teamId, "team");
  return {
    token: verificationToken,
    api_app_id: appId,
    team: { id, domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.team },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** Slack hides the names of private conversations. */
function channelRef({ id, name, kind }: Channel) {
  const shown = { public: name, private: "privategroup", mpim: name, im: "directmessage" }[kind];
  return { id, name: shown };
}

interface Triggered {
  user: User;
  trigger_id: string;
}

/** A slash command; all values are text, as in its form. */
export function slashPayload(
  context: SlackContext,
  options: Triggered & { channel: Channel; command: string; text: string; response_url: string },
): JsonObject {
  const { user, channel, command, text, response_url, trigger_id } = options;
  const team = mustGet(context.state.teams, user.team, "team");
  const { id, name } = channelRef(channel);
  return {
    token: verificationToken,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: id,
    channel_name: name,
    user_id: user.id,
    user_name: user.name,
    command,
    text: escapeText(text),
    api_app_id: appId,
    is_enterprise_install: "false",
    response_url,
    trigger_id,
  };
}

/** A pressed button in a message. */
export function messageActionPayload(
  context: SlackContext,
  options: Triggered & {
    channel: Channel;
    message: Message | Ephemeral;
    response_url: string;
    action: JsonObject;
  },
): JsonObject {
  const { user, channel, message, response_url, trigger_id, action } = options;
  const isEphemeral = !("revisions" in message);
  const container = {
    type: "message",
    message_ts: message.ts,
    channel_id: channel.id,
    is_ephemeral: isEphemeral,
    ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
  };
  return {
    type: "block_actions",
    ...common(context, user, channel.team),
    container,
    trigger_id,
    channel: channelRef(channel),
    ...(isEphemeral ? {} : { message: messageJson(message, context) }),
    state: { values: {} },
    response_url,
    actions: [{ ...action, action_ts: nextTs(context) }],
  };
}

/** A pressed button in a modal: `team` is the person's, only the view names the one where the app is installed. */
export function viewActionPayload(
  context: SlackContext,
  { user, view, trigger_id, action }: Triggered & { view: View; action: JsonObject },
): JsonObject {
  return {
    type: "block_actions",
    ...common(context, user, user.team),
    container: { type: "view", view_id: view.id },
    trigger_id,
    view: viewJson(view, context),
    actions: [{ ...action, action_ts: nextTs(context) }],
  };
}

/** A submitted modal. */
export function submissionPayload(
  context: SlackContext,
  { user, view, trigger_id }: Triggered & { view: View },
): JsonObject {
  return {
    type: "view_submission",
    ...common(context, user, user.team),
    trigger_id,
    view: viewJson(view, context),
    response_urls: [],
  };
}

/** A message shortcut. */
export function shortcutPayload(
  context: SlackContext,
  options: Triggered & { channel: Channel; message: Message; callback_id: string; response_url: string },
): JsonObject {
  const { user, channel, message, ...rest } = options;
  return {
    type: "message_action",
    ...common(context, user, channel.team),
    ...rest,
    action_ts: nextTs(context),
    channel: channelRef(channel),
    message_ts: message.ts,
    message: messageJson(message, context),
  };
}

/** A mention of the bot in a channel. */
export function mentionPayload(context: SlackContext, message: Message): JsonObject {
  return eventPayload(context, message.team, { ...messageEvent(context, message), type: "app_mention" });
}

/** What an event says of a message that somebody wrote. */
export function messageEvent(context: SlackContext, message: Message): JsonObject {
  const hasFiles = message.files.length > 0;
  return {
    ...messageJson(message, context),
    ...(hasFiles ? { subtype: "file_share" } : {}),
    channel: message.channel,
    event_ts: message.ts,
  };
}

/** An event with what Slack puts around each. */
export function eventPayload(context: SlackContext, teamId: string, event: JsonObject): JsonObject {
  const { teams, toldFor } = context.state;
  const team = mustGet(teams, teamId, "team");
  const channel = stringIn(isObject(event.item) ? event.item : event, "channel");
  const named = mustGet(teams, toldFor.get(channel) ?? teamId, "team");
  return {
    token: verificationToken,
    team_id: team.id,
    api_app_id: appId,
    type: "event_callback",
    event_id: `Ev${String(context.nextNumber()).padStart(8, "0")}`,
    event_time: Math.floor(context.clock.now() / 1000),
    event,
    authorizations: [
      {
        enterprise_id: null,
        team_id: named.id,
        user_id: named.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
}
