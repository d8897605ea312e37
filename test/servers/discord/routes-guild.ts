import { z } from "zod";
import { route } from "../http-server.ts";
import type { AttachmentStore } from "./attachments.ts";
import { refusal } from "./errors.ts";
import { parseForm, snowflake } from "./form-body.ts";
import { requirePermissions } from "./permissions.ts";
import {
  presentApplication,
  presentChannel,
  presentGuild,
  presentMember,
  presentOwnUser,
  presentRole,
} from "./present-guild.ts";
import type { DiscordState } from "./state.ts";

/** The bot itself, its guild, its channels, and the files that messages link to. */
export function guildRoutes(deps: {
  state: DiscordState;
  attachments: AttachmentStore;
  gatewayUrl: () => string;
  /** How many shards are recommended, and how many may identify at once. */
  recommended: { shards: number; maxConcurrency: number };
}) {
  const { state, attachments, gatewayUrl, recommended } = deps;

  function requireGuild(id: string) {
    const found = [state.guild, ...state.otherGuilds].find((guild) => guild.id === id);
    if (!found) throw refusal("unknownGuild");
    return found;
  }

  return [
    route("GET /gateway/bot", () => {
      const { shards, maxConcurrency: max_concurrency } = recommended;
      const start = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency };
      return { status: 200, body: { url: gatewayUrl(), shards, session_start_limit: start } };
    }),
    route("GET /users/@me", () => ({ status: 200, body: presentOwnUser(state) })),
    route("GET /applications/@me", () => ({ status: 200, body: presentApplication(state) })),
    route("GET /oauth2/applications/@me", () => ({ status: 200, body: presentApplication(state) })),

    route("POST /users/@me/channels", ({ payload }) => {
      const { recipient_id: id } = parseForm(z.object({ recipient_id: snowflake }), payload);
      const recipient = state.members.find(({ user }) => user.id === id)?.user;
      if (!recipient) throw refusal("unknownUser");
      const known = [...state.channels.values()].find((channel) => channel.recipient?.id === id);
      const channel = known ?? state.addChannel({ type: 1, name: recipient.username, recipient });
      return { status: 200, body: presentChannel(channel) };
    }),

    route("GET /channels/{channel_id}", ({ params }) => {
      const channel = state.channels.get(params.channel_id);
      if (!channel) throw refusal("unknownChannel");
      requirePermissions(state.permissions(channel, state.bot), []);
      return { status: 200, body: presentChannel(channel) };
    }),

    route("GET /channels/{channel_id}/thread-members/{user_id}", ({ params }) => {
      const thread = state.channels.get(params.channel_id);
      if (!thread?.parentId) throw refusal("unknownChannel");
      requirePermissions(state.permissions(thread, state.bot), []);
      if (!thread.threadMembers.includes(params.user_id)) throw refusal("unknownMember");
      const { channel_id: id, user_id } = params;
      return {
        status: 200,
        body: { id, user_id, join_timestamp: "2026-01-01T00:00:00.000000+00:00", flags: 0 },
      };
    }),

    /** Of a thread's settings only that it is opened again: by those who may write in it, once locked by who manages threads. */
    route("PATCH /channels/{channel_id}", ({ params, payload }) => {
      const channel = state.channels.get(params.channel_id);
      if (!channel) throw refusal("unknownChannel");
      parseForm(z.strictObject({ archived: z.literal(false) }), payload);
      const needed = channel.locked ? ("ManageThreads" as const) : ("SendMessagesInThreads" as const);
      requirePermissions(state.permissions(channel, state.bot), [needed]);
      channel.archived = false;
      return { status: 200, body: presentChannel(channel) };
    }),

    route("GET /guilds/{guild_id}", ({ params }) => ({
      status: 200,
      body: presentGuild(requireGuild(params.guild_id)),
    })),
    route("GET /guilds/{guild_id}/roles", ({ params }) => ({
      status: 200,
      body: requireGuild(params.guild_id).roles.map(presentRole),
    })),
    route("GET /guilds/{guild_id}/channels", ({ params }) => {
      const { id } = requireGuild(params.guild_id);
      const texts = [...state.channels.values()].filter(({ type, guildId }) => type === 0 && guildId === id);
      return { status: 200, body: texts.map(presentChannel) };
    }),
    route("GET /guilds/{guild_id}/members/{user_id}", ({ params }) => {
      requireGuild(params.guild_id);
      const member = state.members.find(({ user }) => user.id === params.user_id);
      if (!member) throw refusal("unknownMember");
      return { status: 200, body: presentMember(member) };
    }),

    route("GET /attachments/{channel_id}/{attachment_id}/{filename}", ({ params, query }) =>
      attachments.serve(params.attachment_id, query),
    ),
  ];
}
