import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { ChatAdapter, ChatHandler } from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import { sleep } from "../sleep.ts";
import { createLease, LEASE_TIMES, type LeaseTimes, type Standing } from "./lease.ts";

/**
 * Lets one of several processes listen for people, where each that listens would hear everything: the adapter listens
 * while the lease of its slice is held here, else it stands by. All else of it works all the time.
 */
export function createStandby(options: {
  /** Can be started again after it was stopped. */
  adapter: ChatAdapter;
  redis: Redis;
  /** The part of the platform that the adapter listens on; processes with the same one stand by for each other. */
  slice: string;
  logger: Logger;
  times?: LeaseTimes;
}): ChatAdapter {
  const { adapter, redis, slice, logger, times = LEASE_TIMES } = options;
  const { platform } = adapter;
  const lease = createLease({ redis, name: `listen:${platform}:${slice}`, onChange: follow, logger, times });
  const settled = Promise.withResolvers<void>();
  let started = false;
  let handler: ChatHandler | undefined;
  /** While the lease is held; aborted when it is not any more. */
  let term: AbortController | undefined;

  function follow(standing: Standing): void {
    if (standing === "held" && handler) {
      term = new AbortController();
      void listen(whileHeld(handler), term.signal);
      return;
    }
    if (term) {
      term.abort();
      term = undefined;
      logger.warn({ platform, slice }, "stands by, as the lease is lost");
      void silence();
    }
    if (standing === "taken") settled.resolve();
  }

  async function silence(): Promise<void> {
    await adapter
      .stop()
      .catch((err: unknown) => logger.error({ err, platform, slice }, "could not stop listening"));
  }

  /** Where the platform is away it is so for all, and tried again; what an operator has to mend is left to others. */
  async function listen(whoever: ChatHandler, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await adapter.start(whoever);
        return settled.resolve();
      } catch (err) {
        if (signal.aborted) return;
        logger.error({ err, platform, slice }, "could not begin to listen");
        await silence();
        if (!started || err instanceof UserError) {
          await lease.stop();
          return settled.reject(err);
        }
        await sleep(times.ttlMs, signal);
      }
    }
  }

  /** A process that was held up hears things before it hears that its lease is over; another has taken them by then. */
  function whileHeld({ handle, complete, event }: ChatHandler): ChatHandler {
    const held = () => lease.standing() === "held";
    return {
      handle: async (request) => (held() ? handle(request) : undefined),
      complete: async (query) => (held() ? complete(query) : []),
      event: async (happened) => (held() ? event(happened) : undefined),
    };
  }

  return {
    ...adapter,

    /** Resolves when it listens, or when another process is known to. */
    async start(given) {
      adapter.attach?.(given);
      handler = given;
      lease.start();
      await settled.promise;
      started = true;
    },

    async stop() {
      term?.abort();
      settled.resolve();
      // The connection ends first, in this very moment; what was taken is finished while another process listens.
      await Promise.all([adapter.stop(), lease.stop()]);
    },

    /** One that stands by is well. */
    connected() {
      const standing = lease.standing();
      return standing === "held" ? adapter.connected() : standing === "taken";
    },
  };
}
