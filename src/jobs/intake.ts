import type { Logger } from "pino";
import type { ChatRequest } from "../chat/adapter.ts";
import type { OperatorNotice } from "../chat/operator-notice.ts";
import { UserError } from "../errors.ts";
import type { Store } from "../store/store.ts";

/** No new videos are taken: since when (Unix milliseconds), and who wanted that; not named once they are forgotten. */
export interface Pause {
  at: number;
  by?: { platform: string; id: string; name: string };
  /** Whoever runs the bot waits for the end of what is under way. */
  draining: boolean;
  /** When nothing was under way any more. */
  drainedAt?: number;
}

/** Whether new videos are taken: one answer for all processes, that outlives them. */
export interface Intake {
  /** @throws UserError while none are; what was said somewhere else is known a second later. */
  requireOpen(): Promise<void>;
  /** Undefined while they are. */
  paused(): Promise<Pause | undefined>;
  pause(request: ChatRequest, draining: boolean): Promise<void>;
  resume(request: ChatRequest): Promise<void>;
  /** Hears how many jobs are not ended; says once that a drain is over. Never rejects. */
  noteActive(count: number): Promise<void>;
  /** Names somebody no more. */
  forgetPerson(person: { platform: string; id: string }): Promise<void>;
}

const KEY = "pause";
const FRESH_MS = 1_000;
/** A request that was let in just before is a job by then (ms). */
const SETTLED_AFTER_MS = 30_000;

/** The pause is a document in the store. */
export function createIntake(options: {
  store: Store;
  tellOperator: OperatorNotice;
  now: () => number;
  /** How long ago a time was (ms), whatever the machine's clock was set to since. */
  since: (at: number) => number;
  logger: Logger;
}): Intake {
  const { store, tellOperator, now, since, logger } = options;
  const pauses = store.collection<Pause>({ name: "intake", version: 1 });
  const read = () => pauses.get(KEY);
  /** What was read last, for as long as it holds. */
  let lately: { at: number; pause: Pause | undefined } | undefined;

  async function change(to: (known: Pause | undefined) => Pause | undefined): Promise<void> {
    await pauses.update(KEY, to);
    lately = undefined;
  }

  async function endDrain(): Promise<void> {
    const isOver = (pause: Pause | undefined): pause is Pause =>
      pause?.draining === true && pause.drainedAt === undefined && since(pause.at) >= SETTLED_AFTER_MS;
    if (!isOver(await read())) return;
    // Of several processes that see it, one says it.
    const drainedAt = now();
    let isFirst = false;
    await change((pause) => {
      isFirst = isOver(pause);
      return isOver(pause) ? { ...pause, drainedAt } : pause;
    });
    if (!isFirst) return;
    logger.warn("drained: nothing is under way any more");
    const says = "Drained: nothing is under way any more, and no new videos are taken.";
    // Of its own kind each time: what is told once an hour is trouble.
    await tellOperator({ kind: `drained ${drainedAt}`, lines: [[{ bold: says }]] });
  }

  return {
    paused: read,
    async requireOpen() {
      if (!lately || since(lately.at) >= FRESH_MS) lately = { at: now(), pause: await read() };
      if (!lately.pause) return;
      throw new UserError(
        "paused",
        "No new videos are taken right now: whoever runs this bot has paused it. What was asked for before goes on; try again later.",
      );
    },
    async pause({ actor: { id, name }, destination: { platform } }, draining) {
      const fresh: Pause = { at: now(), by: { platform, id, name }, draining };
      // Pressed twice, it keeps its time and its name.
      await change((known) => (known?.draining === draining ? known : fresh));
      logger.warn({ by: id, byName: name, draining }, "new videos are not taken any more");
    },
    async resume({ actor: { id, name } }) {
      await change(() => undefined);
      logger.warn({ by: id, byName: name }, "new videos are taken again");
    },
    async noteActive(count) {
      if (count > 0) return;
      try {
        await endDrain();
      } catch (err) {
        logger.warn({ err }, "the end of a drain could not be written down, trying again");
      }
    },
    async forgetPerson({ platform, id }) {
      await change((pause) => {
        if (pause?.by?.platform !== platform || pause.by.id !== id) return pause;
        const { by: _, ...rest } = pause;
        return rest;
      });
    },
  };
}
