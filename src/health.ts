import type { OperatorNotice } from "./chat/operator-notice.ts";
import { UserError } from "./errors.ts";
import type { Logger } from "./logger.ts";
import { createRepetition, type Repetition } from "./repeat.ts";

/** Something the bot stands on. */
export interface HealthCheck {
  name: string;
  /**
   * `vital`: without it new work is refused, as nothing of it could be kept; `needed`: without it the bot does not serve
   * people; `helpful`: it serves them all the same.
   */
  rank: "vital" | "needed" | "helpful";
  /** What is wrong while it is not well, for people: a sentence. */
  trouble: string;
  /** Resolves to whether it is well; a rejection is a no. */
  probe(): Promise<boolean>;
}

/** What `/readyz` says: `degraded` still serves people, `unavailable` does not. */
export interface HealthReport {
  status: "ok" | "degraded" | "unavailable";
  checks: Record<string, boolean>;
  /** The sentences of what is not well. */
  trouble: string[];
}

/** How one thing stands that the bot stands on; `since` (Unix milliseconds) is when its trouble was noticed. */
export interface CheckStanding {
  name: string;
  trouble?: { says: string; since: number };
}

/** How the bot is: it looks by itself, says once what is wrong, and refuses what it could not keep. */
export interface Health {
  /** Looks at everything now. */
  report(): Promise<HealthReport>;
  /** The same, check by check. */
  standing(): Promise<CheckStanding[]>;
  /** @throws UserError while something vital was not well when it was looked at last. */
  requireWell(): void;
  watch: Repetition;
}

const LOOK_EVERY_MS = 15_000;
/** What is mended is taken up soon. */
const LOOK_AGAIN_MS = 3_000;

/** @param options.tellOperator hears once of each trouble that begins. */
export function createHealth(options: {
  checks: readonly HealthCheck[];
  tellOperator: OperatorNotice;
  now?: () => number;
  logger: Logger;
}): Health {
  const { checks, tellOperator, now = Date.now, logger } = options;
  /** Since when. */
  const unwell = new Map<HealthCheck, number>();
  /** Before everything is started nothing is trouble yet. */
  let started = false;

  async function look(check: HealthCheck): Promise<boolean> {
    const { well, err } = await check.probe().then(
      (well) => ({ well, err: undefined }),
      (err: unknown) => ({ well: false, err }),
    );
    if (!started) return well;
    if (well && unwell.delete(check)) logger.info({ check: check.name }, "well again");
    if (!well && !unwell.has(check)) {
      unwell.set(check, now());
      logger.error({ check: check.name, err }, check.trouble);
      void tellOperator({ kind: check.name, lines: [[{ bold: check.trouble }]] });
    }
    return well;
  }

  async function report(): Promise<HealthReport> {
    const found = await Promise.all(checks.map(async (check) => ({ check, well: await look(check) })));
    const bad = found.filter(({ well }) => !well).map(({ check }) => check);
    const serves = bad.every(({ rank }) => rank === "helpful");
    const status = !serves ? "unavailable" : bad.length > 0 ? "degraded" : "ok";
    return {
      status,
      checks: Object.fromEntries(found.map(({ check, well }) => [check.name, well])),
      trouble: bad.map(({ trouble }) => trouble),
    };
  }

  return {
    report,
    standing: () =>
      Promise.all(
        checks.map(async (check) => {
          const { name, trouble: says } = check;
          if (await look(check)) return { name };
          return { name, trouble: { says, since: unwell.get(check) ?? now() } };
        }),
      ),
    requireWell() {
      const vital = checks.find((check) => check.rank === "vital" && unwell.has(check));
      if (!vital) return;
      throw new UserError(
        "unwell",
        `${vital.trouble} No new videos are taken until that is mended, and whoever runs this bot knows. Nothing that was asked for is lost.`,
      );
    },
    watch: createRepetition({
      async work() {
        started = true;
        await report();
      },
      everyMs: LOOK_EVERY_MS,
      pauseMs: () => (unwell.size > 0 ? LOOK_AGAIN_MS : LOOK_EVERY_MS),
      onError: (err) => logger.warn({ err }, "health could not be looked at"),
    }),
  };
}
