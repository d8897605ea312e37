import type { Redis } from "ioredis";
import type { CardInHand, CardTurns, ShownCard } from "../jobs/card-turns.ts";
import type { SharedTurns } from "./shared-turns.ts";

/** A card that nothing happens to for so long (ms) is shown once more than needed, and no harm done. */
const REMEMBERED_MS = 24 * 3_600_000;

/**
 * Turns over all processes; what stands on a card is remembered in Redis. Where that cannot be read or written nobody is
 * held up.
 */
export function createSharedCards(options: { redis: Redis; prefix: string; turns: SharedTurns }): CardTurns {
  const { redis, prefix, turns } = options;
  const keyOf = (jobId: string) => `${prefix}:card:{${jobId}}`;

  async function inHand(jobId: string, isHeld: () => boolean): Promise<CardInHand> {
    const key = keyOf(jobId);
    const text = await redis.get(key).catch(() => null);
    const shown: ShownCard | undefined = text === null ? undefined : JSON.parse(text);
    return {
      shown,
      isHeld,
      async note(next) {
        const written = next ? redis.set(key, JSON.stringify(next), "PX", REMEMBERED_MS) : redis.del(key);
        await written.catch(() => {});
      },
    };
  }

  return {
    take: (jobId, work) =>
      turns.take(`${keyOf(jobId)}:turn`, async (held) => work(await inHand(jobId, held))),
    async takeIfFree(jobId, work) {
      await turns.takeIfFree(`${keyOf(jobId)}:turn`, async (held) => work(await inHand(jobId, held)));
    },
  };
}
