import type { AnyCommand } from "../../commands/command.ts";
import { clamp } from "./rich-text.ts";

/** The scopes that the bot uses, each with what for. */
const SCOPES: Readonly<Record<string, string>> = {
  commands: "/video, and the entries in messages' menus",
  "chat:write": "cards, private answers",
  "files:write": "uploading videos and the pictures of pages, deleting them",
  "files:read": "pictures in forms and messages, finding the message of an uploaded video",
  "users:read": "names, who is an admin, who is a guest",
  "channels:read": "finding out whether it may post in a public channel, and who may see its gallery",
  "groups:read": "the same in a private channel",
  "im:read": "the same in a direct message",
  "mpim:read": "the same in a group message",
  "channels:join": "joining a public channel where it is asked for a video",
  "app_mentions:read": "being asked by name, as a command cannot be typed in a thread",
  "im:history": "being written to directly",
  "im:write": "sending somebody a file that is for them alone",
  "channels:history": "hearing that a video's message was deleted; the other messages are dropped unread",
  "groups:history": "the same in a private channel",
  "mpim:history": "the same in a group message",
  "reactions:read": "counting the stars that people put under a video",
};

/** What the bot asks for where it is installed, by the manifest as by OAuth. */
export const BOT_SCOPES: readonly string[] = Object.keys(SCOPES);

/** What Slack tells the bot of, each with what for. */
const EVENTS: Readonly<Record<string, string>> = {
  app_mention: "being asked by name",
  "message.im": "being written to directly",
  "message.channels": "a deleted video leaves the gallery",
  "message.groups": "the same in a private channel",
  "message.mpim": "the same in a group message",
  file_deleted: "the same where the file alone was deleted",
  channel_deleted: "its gallery goes with a channel",
  group_deleted: "the same with a private channel",
  reaction_added: "stars",
  reaction_removed: "stars that are taken away",
  app_uninstalled: "what is kept about a workspace goes some time after the bot",
  tokens_revoked: "the same where its token alone was taken away",
};

// docs.slack.dev/reference/app-manifest
const SHORTCUT_NAME_MAX = 24;
const SHORTCUT_DESCRIPTION_MAX = 150;

/** The path that Slack calls in HTTP mode. */
const SLACK_PATH = "/slack/events";

/** Where Slack sends people back to who installed the app in their workspace. */
export function redirectUrlOf(publicUrl: string): string {
  return `${publicUrl.replace(/\/+$/, "")}/slack/oauth_redirect`;
}

/**
 * The app's manifest, ready to be pasted at api.slack.com/apps "From a manifest".
 * @param options.publicUrl where Slack reaches the bot; without it the app uses Socket Mode.
 * @param options.redirectUrl where people are sent back to who install it by OAuth.
 */
export function slackManifest(options: {
  commands: readonly AnyCommand[];
  publicUrl?: string | undefined;
  redirectUrl?: string | undefined;
}) {
  const { commands, publicUrl, redirectUrl } = options;
  const requestUrl = publicUrl === undefined ? undefined : `${publicUrl.replace(/\/+$/, "")}${SLACK_PATH}`;
  const names = commands.filter((command) => command.run).map(({ name }) => name);
  const [first] = commands;
  const flags = Object.entries(first?.options ?? {}).flatMap(([name, { type }]) =>
    type === "choice" ? [`[--${name} …]`] : [],
  );
  return {
    _metadata: { major_version: 1, minor_version: 1 },
    display_information: {
      name: "Showreel",
      description: "Makes videos where people talk.",
      background_color: "#1f2430",
    },
    features: {
      app_home: {
        home_tab_enabled: false,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: false,
      },
      bot_user: { display_name: "showreel", always_online: true },
      slash_commands: [
        {
          command: "/video",
          ...(requestUrl !== undefined && { url: requestUrl }),
          description: `Make a video from a prompt; alone, it opens a form (also: ${names.slice(1).join(", ")})`,
          usage_hint: ["a red kite over dunes", ...flags].join(" "),
          should_escape: false,
        },
      ],
      shortcuts: commands.flatMap(({ name, description, shortcut }) =>
        shortcut
          ? [
              {
                name: clamp(shortcut.label, SHORTCUT_NAME_MAX),
                type: "message",
                callback_id: name,
                description: clamp(description, SHORTCUT_DESCRIPTION_MAX),
              },
            ]
          : [],
      ),
    },
    oauth_config: {
      ...(redirectUrl !== undefined && { redirect_urls: [redirectUrl] }),
      scopes: { bot: [...BOT_SCOPES] },
    },
    settings: {
      event_subscriptions: {
        ...(requestUrl !== undefined && { request_url: requestUrl }),
        bot_events: Object.keys(EVENTS),
      },
      interactivity: { is_enabled: true, ...(requestUrl !== undefined && { request_url: requestUrl }) },
      org_deploy_enabled: false,
      socket_mode_enabled: requestUrl === undefined,
      token_rotation_enabled: false,
    },
  };
}
