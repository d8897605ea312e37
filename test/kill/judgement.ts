import type { Job } from "../../src/jobs/job.ts";
import { reckoningFaults } from "./reckoning.ts";
import { type Ask, jobOf, names } from "./requests.ts";
import { type Result, sightFaults, spareCards } from "./sights.ts";
import type { StoreLook } from "./store-look.ts";
import type { World } from "./world.ts";

/** How a request ended: `lost` is a create whose answer never came and whose video the backend does not have. */
export type Outcome = "delivered" | "failed" | "lost" | "deleted";

/** How a request ended, and how many cards too many it has. */
interface End {
  outcome: Outcome | undefined;
  spareCards: number;
}

/** What kills left open for a while. */
export interface Uncertain {
  /** Job ids, once for each kill while nobody could know whether the card was out. */
  cards: string[];
  /** Ids of jobs whose create a kill left without an answer. */
  creates: Set<string>;
}

/** Compares what is left of a world with what people were promised; the outcomes are by the words of the requests. */
export async function judge(
  world: World,
  { asks, look, uncertain }: { asks: readonly Ask[]; look: StoreLook; uncertain: Uncertain },
) {
  const results: Result[] = asks.flatMap((ask) => {
    const job = jobOf(ask, look);
    const cardsLost = uncertain.cards.filter((id) => id === job?.id).length;
    return job ? [{ ask, job, cardsLost }] : [];
  });
  const known = new Set(results.map(({ job }) => job.id));
  const prompts = await world.made();
  const faults = [
    ...asks.filter((ask) => !jobOf(ask, look)).map(({ word }) => `${word} was never written down`),
    ...look.jobs.filter(({ id }) => !known.has(id)).map(({ id }) => `job ${id} was not asked for`),
    ...prompts
      .filter((prompt) => !asks.some((ask) => names(prompt, ask)))
      .map((one) => `the backend made ${one}`),
    ...results.flatMap((result) =>
      endFaults(result, prompts, uncertain).map((fault) => `${result.ask.word} (${result.job.id}): ${fault}`),
    ),
    ...sightFaults(world.platform, results),
    ...(await reckoningFaults(world, look.jobs)),
  ];
  const outcomes = results.map((result): [string, End] => {
    const spare = spareCards(world.platform, result).length;
    return [result.ask.word, { outcome: outcomeOf(result.job), spareCards: spare }];
  });
  return { faults, results: new Map(outcomes) };
}

function outcomeOf({ phase, failure }: Job): Outcome | undefined {
  if (phase === "delivered" || phase === "deleted") return phase;
  if (phase !== "failed") return undefined;
  return failure?.code === "answer_lost" ? "lost" : "failed";
}

/** Each video is made once and delivered, unless the backend failed it, or its create got lost and was never there. */
function endFaults({ ask, job }: Result, prompts: readonly string[], { creates }: Uncertain): string[] {
  const made = prompts.filter((prompt) => names(prompt, ask)).length;
  const outcome = outcomeOf(job);
  const expected = outcome === "lost" || outcome === "deleted" ? 0 : 1;
  const wanted = ask.wish === "fail" ? "failed" : "delivered";
  const isRight =
    outcome === wanted ||
    (outcome === "lost" && creates.has(job.id)) ||
    (outcome === "deleted" && wanted === "delivered");
  return [
    ...(made === expected ? [] : [`${outcome}, and the backend has made it ${made} times`]),
    ...(isRight ? [] : [`it is ${job.phase} (${job.failure?.code}), not ${wanted}`]),
  ];
}
