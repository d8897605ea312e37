import { calculateShardId } from "discord.js";
import type { Config } from "../config.ts";

/** The shards that one process listens on, of so many in all; `auto`: all of those that Discord recommends. */
export type Slice = "auto" | { ids: readonly number[]; count: number };

/** The slice that the settings name; without any, the one shard there is. */
export function sliceOf(
  config: Pick<Config, "DISCORD_SHARDS" | "DISCORD_SHARD_IDS" | "DISCORD_SHARD_COUNT">,
): Slice {
  const { DISCORD_SHARDS: shards = 1, DISCORD_SHARD_IDS: ids, DISCORD_SHARD_COUNT: count } = config;
  if (ids !== undefined && count !== undefined) return { ids, count };
  return shards === "auto" ? shards : { ids: Array.from({ length: shards }, (_, id) => id), count: shards };
}

/** What processes with the same slice know it by. */
export function nameOfSlice(slice: Slice): string {
  return slice === "auto" ? slice : `${slice.ids.join(",")}/${slice.count}`;
}

const SNOWFLAKE = /^\d{1,20}$/;

/** Whether a slice hears of a server: a server belongs to one shard by its id (Discord's documentation, "Sharding"). */
export function hears({ ids, count }: Exclude<Slice, "auto">, guildId: string): boolean {
  return SNOWFLAKE.test(guildId) && ids.includes(calculateShardId(guildId, count));
}
