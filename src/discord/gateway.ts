import { once } from "node:events";
import { type Client, Events, GatewayCloseCodes, type Interaction, Status } from "discord.js";
import type { Logger } from "pino";
import type { ChatEvent } from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import { createClient } from "./client.ts";
import { listenForEvents } from "./events.ts";
import type { Slice } from "./slice.ts";

/** One time of listening, over all shards of a slice. */
export interface Gateway {
  /** Keeps itself up to date on the servers of its shards while it is connected. */
  readonly client: Client;
  /** Resolves when every shard hears. @throws UserError with what to set, where Discord does not take the shards. */
  open(): Promise<void>;
  /** Whether every shard hears right now. */
  connected(): boolean;
  /** Hears nothing any more, at once and for good; an `open` under way rejects. */
  close(): Promise<void>;
}

/** What to do about closings that no reconnect mends (Discord's documentation, "Gateway Close Event Codes"). */
const REMEDIES: Record<number, string> = {
  [GatewayCloseCodes.InvalidShard]:
    "Discord does not know these shards. DISCORD_SHARD_COUNT has to be the same in every process, and each of DISCORD_SHARD_IDS below it.",
  [GatewayCloseCodes.ShardingRequired]:
    "The bot is in too many servers for so few shards (a shard takes 2,500). Set DISCORD_SHARDS=auto, or a higher DISCORD_SHARD_COUNT in every process, and restart.",
};

/** The library cannot log in again after it was destroyed, so each time of listening has a client of its own. */
export function createGateway(options: {
  token: string;
  apiUrl: string | undefined;
  slice: Slice;
  heard: (interaction: Interaction) => void;
  tell: (event: ChatEvent) => void;
  logger: Logger;
}): Gateway {
  const { token, apiUrl, slice, heard, tell, logger } = options;
  const closing = new AbortController();
  const { signal } = closing;
  const client = createClient({ token, apiUrl, slice, closing: signal });
  let remedy: string | undefined;

  client.on(Events.InteractionCreate, (interaction) => {
    if (!signal.aborted) heard(interaction);
  });
  listenForEvents(client, (event) => {
    if (!signal.aborted) tell(event);
  });
  client.on(Events.Error, (err) => logger.error({ err }, "Discord client failed"));
  client.on(Events.ShardError, (err, shard) =>
    logger.warn({ err, shard }, "Discord gateway connection failed"),
  );
  client.on(Events.ShardDisconnect, ({ code }, shard) => {
    remedy = REMEDIES[code];
    logger.error({ code, shard, remedy }, "Discord gateway closed for good");
  });

  return {
    client,
    async open() {
      signal.throwIfAborted();
      const ready = once(client, Events.ClientReady, { signal });
      try {
        await Promise.all([ready, client.login(token)]);
      } catch (error) {
        await client.destroy();
        throw remedy === undefined || signal.aborted ? error : new UserError("discord_shards", remedy);
      }
    },
    connected: () => client.isReady() && client.ws.shards.every(({ status }) => status === Status.Ready),
    async close() {
      closing.abort();
      await client.destroy();
    },
  };
}
