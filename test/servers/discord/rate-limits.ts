import { createHash } from "node:crypto";
import type { HttpAnswer, HttpRequest } from "../http-server.ts";
import type { Clock } from "./clock.ts";

/** Limits of a server; what Discord really allows is told by its headers alone, five per five seconds is what is seen. */
export interface RateLimits {
  /** Posts and edits of messages for each operation and channel, or webhook token. */
  perRoute?: { limit: number; windowMs: number };
  /** Requests of the bot in any second; interaction answers and webhook calls do not count. */
  globalPerSecond?: number;
}

interface Bucket {
  used: number;
  resetsAt: number;
}

const LIMITED = /^(POST|PATCH) \/(channels\/[^ ]+\/messages|webhooks\/)/;
const EXEMPT = /^\w+ \/(interactions|webhooks|attachments)\//;

/** Counts requests. `refuse` answers 429 for one too many; `headers` are those of an answer that was let through. */
export function createRateLimiter({ clock, limits }: { clock: Clock; limits: RateLimits }) {
  const { perRoute = { limit: 5, windowMs: 5000 }, globalPerSecond = 50 } = limits;
  const buckets = new Map<string, Bucket>();
  const counts = { route: 0, global: 0 };

  function bucketOf(key: string, windowMs: number): Bucket {
    const found = buckets.get(key);
    if (found && found.resetsAt > clock.now()) return found;
    const fresh = { used: 0, resetsAt: clock.now() + windowMs };
    buckets.set(key, fresh);
    return fresh;
  }

  function routeBucket({ operation, params }: HttpRequest) {
    if (!LIMITED.test(operation)) return undefined;
    const key = `${operation} ${params.channel_id ?? params.webhook_token}`;
    return { key, bucket: bucketOf(key, perRoute.windowMs) };
  }

  function tooMany(bucket: Bucket, isGlobal: boolean): HttpAnswer {
    const seconds = Math.max(0.001, (bucket.resetsAt - clock.now()) / 1000);
    return {
      status: 429,
      headers: {
        "retry-after": String(Math.ceil(seconds)),
        "x-ratelimit-scope": isGlobal ? "global" : "user",
        ...(isGlobal ? { "x-ratelimit-global": "true" } : {}),
      },
      body: { message: "You are being rate limited.", retry_after: seconds, global: isGlobal },
    };
  }

  return {
    counts,
    refuse: (request: HttpRequest): HttpAnswer | undefined => {
      const global = bucketOf("global", 1000);
      if (!EXEMPT.test(request.operation)) {
        global.used += 1;
        if (global.used > globalPerSecond) {
          counts.global += 1;
          return tooMany(global, true);
        }
      }
      const route = routeBucket(request);
      if (!route) return undefined;
      route.bucket.used += 1;
      if (route.bucket.used <= perRoute.limit) return undefined;
      counts.route += 1;
      const refused = tooMany(route.bucket, false);
      return { ...refused, headers: { ...refused.headers, ...headersOf(route.key, route.bucket) } };
    },
    headers: (request: HttpRequest): Record<string, string> => {
      const route = routeBucket(request);
      return route ? headersOf(route.key, route.bucket) : {};
    },
  };

  function headersOf(key: string, { used, resetsAt }: Bucket): Record<string, string> {
    const operation = key.slice(0, key.lastIndexOf(" "));
    return {
      "x-ratelimit-limit": String(perRoute.limit),
      "x-ratelimit-remaining": String(Math.max(0, perRoute.limit - used)),
      "x-ratelimit-reset": String(resetsAt / 1000),
      "x-ratelimit-reset-after": String(Math.max(0, resetsAt - clock.now()) / 1000),
      "x-ratelimit-bucket": createHash("md5").update(operation).digest("hex"),
    };
  }
}
