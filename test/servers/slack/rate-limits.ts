import type { ServerClock } from "./clock.ts";

/**
 * Requests a bucket holds and gets back a minute. Slack names the tiers "20+", "50+", "100+" a minute and posting
 * "1 a second with short bursts"; docs.slack.dev/apis/web-api/rate-limits.
 */
const buckets = {
  posting: { burst: 5, perMinute: 60 },
  tier2: { burst: 20, perMinute: 20 },
  tier3: { burst: 50, perMinute: 50 },
  tier4: { burst: 100, perMinute: 100 },
  special: { burst: 300, perMinute: 300 },
} as const;

/** How often a method may be called in one workspace; `posting` counts per channel. */
export type RateTier = keyof typeof buckets;

/** `count` only notes; the others answer HTTP 429 with Retry-After, or HTTP 200 as some gateways do. */
export type RateLimitMode = "count" | "429" | "200";

/** A call beyond its limit. */
interface ExceededCall {
  method: string;
  key: string;
  at: number;
  retryAfterSeconds: number;
}

/** Limits of one server. */
export interface RateLimits {
  mode: RateLimitMode;
  /** Every call that was too much, in each mode. */
  exceeded: ExceededCall[];
  /** @returns seconds to wait where the call is too much. */
  take(call: { method: string; tier: RateTier; scope: string }): number | undefined;
}

/** Token buckets, one for each method and scope. */
export function createRateLimits(options: { clock: ServerClock; mode: RateLimitMode }): RateLimits {
  const { clock, mode } = options;
  const levels = new Map<string, { tokens: number; at: number }>();
  const limits: RateLimits = {
    mode,
    exceeded: [],
    take: ({ method, tier, scope }) => {
      const { burst, perMinute } = buckets[tier];
      const key = `${method} ${scope}`;
      const at = clock.now();
      const last = levels.get(key) ?? { tokens: burst, at };
      const tokens = Math.min(burst, last.tokens + ((at - last.at) / 60_000) * perMinute);
      if (tokens >= 1) {
        levels.set(key, { tokens: tokens - 1, at });
        return undefined;
      }
      const retryAfterSeconds = Math.ceil(((1 - tokens) / perMinute) * 60);
      limits.exceeded.push({ method, key, at, retryAfterSeconds });
      return retryAfterSeconds;
    },
  };
  return limits;
}
