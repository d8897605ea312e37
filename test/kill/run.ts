import { type Chain, type ChainReport, runChain } from "./chain.ts";
import { chooseMoments, planChains, planSearches } from "./plan.ts";
import { createRandom } from "./random.ts";
import { type Moment, survey } from "./survey.ts";

const SIDE_BY_SIDE = 2;
/** Other points are planned so many times in the place of those that did not come. */
const ROUNDS_MAX = 8;

/** What came of all. */
export interface KillReport {
  seed: number;
  moments: Moment[];
  chains: ChainReport[];
  kills: number;
  faults: string[];
}

/** Kills processes until so many have died; the seed determines where. */
export async function runKills(options: {
  kills: number;
  seed: number;
  /** Kills in one world, at most: after them what they left has to be brought to an end. */
  perWorld: number;
  log?: (line: string) => void;
}): Promise<KillReport> {
  const { kills: wanted, seed, perWorld, log = () => {} } = options;
  const random = createRandom(seed);
  const surveys = await Promise.all([survey("discord"), survey("slack")]);
  const moments = surveys.flatMap((one) => one.moments);
  const report: KillReport = { seed, moments, chains: [], kills: 0, faults: [] };
  report.faults.push(...surveys.flatMap(({ faults }) => faults.map((fault) => `without a kill: ${fault}`)));

  for (let round = 0; round < ROUNDS_MAX && report.kills < wanted; round++) {
    const chosen = chooseMoments(moments, wanted - report.kills, random);
    const isWhole = chosen.length === moments.length && round === 0;
    const chains = [...planChains(chosen, perWorld, random), ...(isWhole ? planSearches(random) : [])];
    await sideBySide(chains, async (chain) => {
      const one = await runChain(chain);
      report.chains.push(one);
      report.kills += one.kills.length;
      report.faults.push(...one.faults.map((fault) => `${describe(chain)}: ${fault}`));
      log(lineOf(one, report));
    });
  }
  return report;
}

async function sideBySide(chains: readonly Chain[], run: (chain: Chain) => Promise<void>): Promise<void> {
  const waiting = [...chains];
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) await run(next);
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
}

function describe({ platform, lives }: Chain): string {
  return `${platform}, killed at ${lives.map(({ point: { kind, when, nth } }) => `${kind} ${when} ${nth}`).join(", ")}`;
}

function lineOf({ chain, kills, missed, faults }: ChainReport, report: KillReport): string {
  const not = missed.length > 0 ? `, ${missed.map(({ kind, when }) => `${kind} ${when}`)} did not come` : "";
  const wrong = faults.map((fault) => `\n  FAULT: ${fault}`).join("");
  return `${report.kills} killed; ${describe(chain)}: ${kills.length} kills${not}${wrong}`;
}
