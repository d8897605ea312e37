import type { AnyCommand } from "../../commands/command.ts";

/** The scopes that the bot uses, each with what for. */
const SCOPES: Readonly<Record<string, string>> = {
  commands: "/video",
  "chat:write": "cards, private answers",
  "files:write": "uploading videos",
  "files:read": "pictures in the form, finding the message of an uploaded video",
  "users:read": "names, and who is an admin",
  "channels:read": "finding out whether it may post in a public channel",
  "groups:read": "the same in a private channel",
  "im:read": "the same in a direct message",
  "mpim:read": "the same in a group message",
  "channels:join": "joining a public channel where it is asked for a video",
};

/** The path that Slack calls in HTTP mode. */
const SLACK_PATH = "/slack/events";

/**
 * The app's manifest, ready to be pasted at api.slack.com/apps "From a manifest".
 * @param options.publicUrl where Slack reaches the bot; without it the app uses Socket Mode.
 */
export function slackManifest(options: { commands: readonly AnyCommand[]; publicUrl?: string | undefined }) {
  const { commands, publicUrl } = options;
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
    },
    oauth_config: { scopes: { bot: Object.keys(SCOPES) } },
    settings: {
      interactivity: { is_enabled: true, ...(requestUrl !== undefined && { request_url: requestUrl }) },
      org_deploy_enabled: false,
      socket_mode_enabled: requestUrl === undefined,
      token_rotation_enabled: false,
    },
  };
}
