const DISCORD_EPOCH_MS = 1_420_070_400_000;

/** The server's time, which tests can move forward, and the ids that carry it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  advance(ms: number): void;
  /** A new id; later ones are greater. */
  snowflake(): string;
}

/** Runs with the real time plus all that `advance` was given. */
export function createClock(): Clock {
  let ahead = 0;
  let last = 0n;
  const now = () => Date.now() + ahead;
  return {
    now,
    advance: (ms) => {
      ahead += ms;
    },
    snowflake: () => {
      const earliest = BigInt(now() - DISCORD_EPOCH_MS) << 22n;
      last = earliest > last ? earliest : last + 1n;
      return last.toString();
    },
  };
}
