import type { Phase } from "../../src/jobs/job.ts";
import { judge, type Outcome, type Uncertain } from "./judgement.ts";
import { type LifeEnd, live } from "./live.ts";
import { logFaults, warningsIn } from "./log-faults.ts";
import type { Platform } from "./platform.ts";
import { type Point, wordsOf } from "./points.ts";
import { type Ask, jobOf, type Place, type Wish } from "./requests.ts";
import type { StoreLook } from "./store-look.ts";
import { openWorld, type World } from "./world.ts";

/** One life that is to be killed, and what is asked for in it. */
export interface PlannedLife {
  point: Point;
  wish: Wish;
  from: Place;
  /** Whether an earlier video is deleted as well. */
  deletes: boolean;
  /** How long the machine is off before it (ms). */
  downMs: number;
}

/** Lives of one store, one after the other, and a last one that nobody kills. */
export interface Chain {
  platform: Platform["name"];
  lives: readonly PlannedLife[];
}

/** A process that was killed. */
export interface Kill {
  point: Point;
  /** There was no job yet, so it was asked for again. */
  wasNothing: boolean;
  outcome: Outcome | undefined;
  /** Words of the requests whose card may have been out when nothing was written of it. */
  unsureCards: readonly string[];
  /** Those of them whose card was posted again and stands there twice. */
  spareCards: number;
}

/** What came of a chain. */
export interface ChainReport {
  chain: Chain;
  kills: Kill[];
  /** Points that did not come. */
  missed: Point[];
  faults: string[];
  warnings: string[];
}

/** A create whose video is not in the backend's list by then is given up (ms). */
const CREATES_ARE_LOST_AFTER_MS = 40_000;
/** So long after its request a reservation without a job is settled (ms). */
const ORPHANS_SETTLE_AFTER_MS = 11 * 60_000;

/** Runs a chain in a world of its own and judges what is left of it. */
export async function runChain(chain: Chain): Promise<ChainReport> {
  const world = await openWorld(chain.platform);
  const report: ChainReport = { chain, kills: [], missed: [], faults: [], warnings: [] };
  try {
    await runLives(world, chain, report);
  } finally {
    await world.close().catch((error: unknown) => report.faults.push(`the servers: ${String(error)}`));
  }
  return report;
}

async function runLives(world: World, { lives }: Chain, report: ChainReport): Promise<void> {
  const asks: Ask[] = [];
  const uncertain: Uncertain = { cards: [], creates: new Set() };
  const killed: { kill: Kill; ask: Ask }[] = [];
  const inPhase = (look: StoreLook, phase: Phase) => look.jobs.filter((job) => job.phase === phase);

  async function next(life: PlannedLife | undefined, { settles = false } = {}): Promise<LifeEnd> {
    const deletes = life?.deletes ?? false;
    const point = life && wordsOf(life.point);
    const end = await live(world, { asks, deletes, point, settles });
    const found = [...end.faults, ...logFaults(end.output, { secrets: world.secrets, asks })];
    report.faults.push(...found.map((fault) => `${point ?? "the last life"}: ${fault}`));
    report.warnings.push(...warningsIn(end.output));
    uncertain.cards.push(...inPhase(end.look, "accepted").map(({ id }) => id));
    for (const { id } of inPhase(end.look, "creating")) uncertain.creates.add(id);
    return end;
  }

  let rested: LifeEnd | undefined;
  for (const life of lives) {
    world.wait(life.downMs);
    const ask = askFor(life, asks, world);
    asks.push(ask);
    const end = await next(life);
    if (end.killedAt === undefined) {
      report.missed.push(life.point);
      rested = end;
      continue;
    }
    rested = undefined;
    const wasNothing = jobOf(ask, end.look) === undefined;
    const unsure = asks.filter((one) => jobOf(one, end.look)?.phase === "accepted");
    const unsureCards = unsure.map(({ word }) => word);
    const kill: Kill = { point: life.point, wasNothing, outcome: undefined, unsureCards, spareCards: 0 };
    report.kills.push(kill);
    killed.push({ kill, ask });
  }
  if (!rested) {
    world.wait(CREATES_ARE_LOST_AFTER_MS);
    rested = await next(undefined);
  }
  if (rested.look.holds.length > 0) {
    world.wait(ORPHANS_SETTLE_AFTER_MS);
    rested = await next(undefined, { settles: true });
  }
  const { faults, results } = await judge(world, { asks, look: rested.look, uncertain });
  report.faults.push(...faults);
  for (const { kill, ask } of killed) {
    kill.outcome = results.get(ask.word)?.outcome;
    for (const word of kill.unsureCards) {
      const result = results.get(word);
      if (!result || result.spareCards === 0) continue;
      // Each of them is some kill's.
      result.spareCards -= 1;
      kill.spareCards += 1;
    }
  }
}

/** A remix needs a video that stands in its channel. */
function askFor({ wish, from }: PlannedLife, asks: readonly Ask[], world: World): Ask {
  const word = `boat${asks.length + 1}`;
  const look = world.look();
  const parent =
    wish === "remix"
      ? asks.find((ask) => jobOf(ask, look)?.phase === "delivered" && ask.from.channel === from.channel)
      : undefined;
  if (parent?.jobId === undefined) return { wish: wish === "fail" ? "fail" : "create", word, from };
  return { wish: "remix", word, from, parent: parent.jobId };
}
