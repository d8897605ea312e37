import { setTimeout } from "node:timers/promises";
import { isEnded, type Job } from "../../src/jobs/job.ts";
import type { ProcessLife } from "./process-life.ts";
import { type Ask, findJobs, jobOf, send } from "./requests.ts";
import type { StoreLook } from "./store-look.ts";
import type { World } from "./world.ts";

const LOOK_EVERY_MS = 40;
/** Longer than anything that is tried again waits (ms). */
const REST_WITHIN_MS = 60_000;

/** What happens in one life. */
export interface LifePlan {
  /** What has been asked for until now, and what is asked for anew. */
  asks: readonly Ask[];
  /** Whether a video is deleted, once one has been delivered of which nothing is made. */
  deletes?: boolean;
  /** Where it is killed, as "create during 2"; undefined: it lives. */
  point: string | undefined;
  /** It goes on until nothing is reserved any more, also for jobs that never came. */
  settles?: boolean;
}

/** How one life ended. */
export interface LifeEnd {
  /** The point at which it was killed; undefined: it came to rest and was ended in good order. */
  killedAt: string | undefined;
  look: StoreLook;
  passed: Map<string, number>;
  output: string;
  faults: string[];
}

/** Runs the bot until it is killed or nothing is left to do; what it has not written down yet is asked for again. */
export async function live(world: World, plan: LifePlan): Promise<LifeEnd> {
  const { asks, point } = plan;
  const life = world.start(point);
  const faults: string[] = [];
  try {
    await life.ready;
    if (!life.isOver()) {
      const before = world.look();
      findJobs(asks, before);
      for (const ask of asks) if (!jobOf(ask, before)) send(world.platform, ask);
      await restOrEnd(life, unrestOf(world, plan), faults);
      if (!life.isOver()) life.stop();
    }
    const end = await life.ended;
    const killedAt = life.killedAt();
    if (end !== (killedAt === undefined ? 0 : "SIGKILL"))
      faults.push(`the process ended with ${end}: ${life.output().slice(-2_000)}`);
    const look = world.look();
    faults.push(...findJobs(asks, look));
    return { killedAt, look, passed: life.passed(), output: life.output(), faults };
  } finally {
    life.destroy();
    await life.ended;
  }
}

/** Resolves when the process has ended or nothing is left to do; what is left after a minute is a fault. */
async function restOrEnd(life: ProcessLife, unrest: () => string[], faults: string[]): Promise<void> {
  const until = performance.now() + REST_WITHIN_MS;
  for (;;) {
    if (life.isOver()) return;
    const left = unrest();
    if (left.length === 0) return;
    if (performance.now() > until) {
      faults.push(`no rest within ${REST_WITHIN_MS} ms: ${left.join(", ")}`);
      return;
    }
    await setTimeout(LOOK_EVERY_MS);
  }
}

/** What is left to do. */
function unrestOf(world: World, { asks, deletes = false, settles = false }: LifePlan): () => string[] {
  let deletion: Ask | undefined;

  /** A deletion is confirmed as soon as it can be. */
  function undeleted(look: StoreLook): string[] {
    if (!deletes) return [];
    if (!deletion) {
      deletion = deletable(asks, look);
      if (deletion) world.platform.confirmDeletion(deletion.from, deletion.jobId ?? "");
      // None is there, and none will be.
      else if (asks.every((ask) => isOver(jobOf(ask, look)))) return [];
    }
    const phase = deletion && jobOf(deletion, look)?.phase;
    return phase === "deleted" ? [] : [`a deletion is ${phase}`];
  }

  return () => {
    const look = world.look();
    findJobs(asks, look);
    const known = new Set(look.jobs.map(({ id }) => id));
    return [
      ...asks.flatMap((ask) =>
        isOver(jobOf(ask, look)) ? [] : [`${ask.word} is ${jobOf(ask, look)?.phase}`],
      ),
      // One whose job never came is settled by a sweep, and only after ten minutes.
      ...look.holds.filter((id) => settles || known.has(id)).map((id) => `${id} is reserved`),
      ...undeleted(look),
    ];
  };
}

function isOver(job: Job | undefined): boolean {
  return job !== undefined && isEnded(job);
}

function deletable(asks: readonly Ask[], look: StoreLook): Ask | undefined {
  const parents = new Set(asks.map(({ parent }) => parent));
  return asks.find((ask) => jobOf(ask, look)?.phase === "delivered" && !parents.has(ask.jobId));
}
