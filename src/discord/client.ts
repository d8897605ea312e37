import { Client, GatewayIntentBits, Options, Partials, SimpleShardingStrategy } from "discord.js";
import type { Slice } from "./slice.ts";

/** No one is kept of those whom events bring along, but the bot itself: the library needs that one. */
const ONLY_ITSELF = {
  maxSize: 0,
  keepOverLimit: ({ id, client }: { id: string; client: Client<true> }) => id === client.user?.id,
};

/**
 * A client for the gateway, or, never logged in, one that reads over REST alone. No privileged intents: commands, buttons
 * and forms come without any, the guilds tell their boosts, roles and channels, the messages that they were deleted, the
 * reactions that there are stars.
 */
export function createClient(options: {
  token: string;
  apiUrl: string | undefined;
  slice: Slice;
  /** Once it is aborted no shard is opened any more. */
  closing?: AbortSignal;
}): Client {
  const { token, apiUrl, slice, closing } = options;
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
    ...(slice === "auto" ? { shards: slice } : { shards: [...slice.ids], shardCount: slice.count }),
    ws: { buildStrategy: (manager) => new ClosableStrategy(manager, closing) },
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

/** A client that is destroyed while it asks Discord for its shards would open them all the same. */
class ClosableStrategy extends SimpleShardingStrategy {
  private readonly closing: AbortSignal | undefined;

  constructor(
    manager: ConstructorParameters<typeof SimpleShardingStrategy>[0],
    closing: AbortSignal | undefined,
  ) {
    super(manager);
    this.closing = closing;
  }

  override async connect(): Promise<void> {
    if (this.closing?.aborted !== true) await super.connect();
  }
}
