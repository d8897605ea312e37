import { createDiscordServer } from "../servers/discord/discord-server.ts";
import type { Platform } from "./platform.ts";

/** A Discord server with ada and grace, in the channels general and random. */
export async function openDiscord(): Promise<Platform> {
  const server = await createDiscordServer({ rateLimits: {}, recordTo: "" });
  const people = [server.person("ada"), server.person("grace")] as const;
  const channels = ["general", "random"] as const;
  const person = (index: number) => people[index === 0 ? 0 : 1];
  const channel = (index: number) => channels[index === 0 ? 0 : 1];
  return {
    name: "discord",
    settings: { DISCORD_TOKEN: server.token, DISCORD_API_URL: server.apiUrl },
    people: people.map(({ id }) => id),
    channels: channels.map((name) => server.channel(name).id),
    workspace: server.state.guild.id,
    command: (from, name, options) =>
      void person(from.person).slash({
        channel: channel(from.channel),
        name: "video",
        subcommand: name,
        options,
      }),
    confirmDeletion: (from, jobId) =>
      void person(from.person).forge(`v1:delete:${jobId}_sure`, channel(from.channel)),
    advance: server.advance,
    shown: () =>
      channels.flatMap((name) =>
        server.channel(name).messages.map(({ id, channelId, text, media, buttons, notified, replyTo }) => ({
          channel: channelId,
          id,
          text,
          videos: media.length,
          buttons: buttons.map(({ label }) => label),
          notified,
          replyTo: replyTo?.messageId,
        })),
      ),
    close: () => server.close(),
  };
}
