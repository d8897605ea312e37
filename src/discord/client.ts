import { Client, GatewayIntentBits, Options, Partials } from "discord.js";

/** No one is kept of those whom events bring along, but the bot itself: the library needs that one. */
const ONLY_ITSELF = {
  maxSize: 0,
  keepOverLimit: ({ id, client }: { id: string; client: Client<true> }) => id === client.user?.id,
};

/**
 * The gateway's client. No privileged intents: commands, buttons and forms come without any, the guilds tell their
 * boosts, roles and channels, the messages that they were deleted, the reactions that there are stars.
 */
export function createClient({ token, apiUrl }: { token: string; apiUrl: string | undefined }): Client {
  const client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.GuildMessageReactions,
      GatewayIntentBits.DirectMessages,
      GatewayIntentBits.DirectMessageReactions,
    ],
    // An interaction's own description of its channel is all there is of a thread that was archived until now.
    partials: [Partials.Channel],
    rest: { ...(apiUrl !== undefined && { api: apiUrl }) },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      ReactionManager: 0,
      GuildMemberManager: ONLY_ITSELF,
      UserManager: ONLY_ITSELF,
    }),
  });
  // The library does this only when it logs in, and reading takes no more than REST.
  client.rest.setToken(token);
  return client;
}
