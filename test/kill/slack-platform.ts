import { buttonsOf, textOf } from "../servers/slack/reading.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";
import type { Platform } from "./platform.ts";

/** A workspace with ada and bob, in the channels general and secret, in Socket Mode. */
export async function openSlack(): Promise<Platform> {
  const slack = await createSlackServer({ rateLimits: "429" });
  const team = slack.team();
  const people = [slack.person("ada"), slack.person("bob")] as const;
  const channels = ["general", "secret"] as const;
  const person = (index: number) => people[index === 0 ? 0 : 1];
  const channel = (index: number) => channels[index === 0 ? 0 : 1];
  return {
    name: "slack",
    settings: {
      SLACK_BOT_TOKEN: team.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
    },
    people: people.map(({ user }) => user.id),
    channels: channels.map((name) => slack.channel(name).id),
    workspace: team.id,
    command(from, name, values) {
      const flags = Object.entries(values).map(([option, value]) => `--${option} "${value}"`);
      const text = [name, ...flags].join(" ");
      void person(from.person).slash({ channel: channel(from.channel), command: "/video", text });
    },
    confirmDeletion(from, jobId) {
      const text = { type: "plain_text", text: "forged" };
      const button = { type: "button", action_id: "delete", value: `v1:delete:${jobId}_sure`, text };
      const blocks = [{ type: "actions", block_id: "forged", elements: [button] }];
      const one = person(from.person);
      void one.press({ ...one.say(channel(from.channel), "mine"), blocks }, "forged");
    },
    advance: slack.advance,
    shown: () =>
      channels.flatMap((name) =>
        slack
          .channel(name)
          .messages.filter(({ bot_id }) => bot_id !== undefined)
          .map((message) => ({
            channel: message.channel,
            id: message.ts,
            text: textOf(message),
            videos: message.files.filter(({ mimetype }) => mimetype === "video/mp4").length,
            buttons: buttonsOf(message).map(({ label }) => label),
            notified: [...message.pinged.users],
            replyTo: undefined,
          })),
      ),
    close: () => slack.close(),
  };
}
