import type { Chain, PlannedLife } from "./chain.ts";
import type { When } from "./points.ts";
import type { Random } from "./random.ts";
import type { Wish } from "./requests.ts";
import type { Moment } from "./survey.ts";

/** How many moments of a kind may pass before the one that is chosen: later ones are much like these. */
const NTH_MAX = 4;
/** These come by time, so that only the first of them is sure to come. */
const TIMED = ["poll", "edit"];
/** What it takes for these to happen at all. */
const OF_A_FAILURE = ["refund"];
const OF_A_DELETION = ["backend-delete", "remove"];
/** These happen before it is known whether a video fails. */
const OF_ANY = [
  "seen",
  "hold",
  "reserve",
  "active",
  "history",
  "job",
  "message",
  "create",
  "owner",
  "callback",
];
/** How many videos the survey makes, so how many times as often as one does it passes a moment. */
const SURVEYED = 3;
const WISHES: readonly [Wish, ...Wish[]] = ["create", "create", "remix", "fail"];
/** Mostly none; seconds; more than a nonce lasts; more than an orphan's reservation does (ms). */
const DOWN_MS: readonly [number, ...number[]] = [0, 0, 0, 0, 40_000, 180_000, 660_000];

/** So many moments, as many of each kind as can be. */
export function chooseMoments(all: readonly Moment[], count: number, random: Random): Moment[] {
  const taken = new Map<string, number>();
  const ranked = random.shuffled(all).map((moment) => {
    const rank = taken.get(moment.kind) ?? 0;
    taken.set(moment.kind, rank + 1);
    return { moment, rank };
  });
  const sorted = ranked.sort((a, b) => a.rank - b.rank).slice(0, count);
  return sorted.map(({ moment }) => moment);
}

/** Longer than Discord takes answers to an interaction, and than it surely knows a nonce (ms). */
const TOKEN_LIFE_MS = 16 * 60_000;
const NONCE_LIFE_MS = 11 * 60_000;

/** Chains of so many lives that are killed at these moments. */
export function planChains(moments: readonly Moment[], length: number, random: Random): Chain[] {
  const byPlatform = Map.groupBy(random.shuffled(moments), ({ platform }) => platform);
  const chains = [...byPlatform].flatMap(([platform, all]): Chain[] => {
    const count = Math.ceil(all.length / length);
    const groups = Array.from({ length: count }, (_, index) =>
      all.filter((_moment, place) => place % count === index),
    );
    return groups.map((group) => ({
      platform,
      lives: group.map((moment, place) => planLife(moment, place === 0, random)),
    }));
  });
  return random.shuffled(chains);
}

/**
 * What only comes after a certain kill on Discord: a card whose address was not written down is looked for, also when the
 * token of its answer is not good any more, or Discord has forgotten the nonce of its message.
 */
export function planSearches(random: Random): Chain[] {
  const moment = (kind: string, when: When): Moment => ({ platform: "discord", kind, when, times: 1 });
  const chains: [Moment, number][][] = [
    [
      [moment("callback", "during"), 0],
      [moment("find-card", "before"), 0],
      [moment("find-card", "during"), 0],
      [moment("find-card", "after"), 0],
    ],
    [
      [moment("callback", "after"), 0],
      [moment("seen", "before"), TOKEN_LIFE_MS],
    ],
    [
      [moment("callback", "before"), 0],
      [moment("post", "after"), 0],
      [moment("seen", "after"), NONCE_LIFE_MS],
    ],
  ];
  return chains.map((lives) => ({
    platform: "discord",
    lives: lives.map(([one, downMs]) => ({ ...planLife(one, true, random), deletes: false, downMs })),
  }));
}

function planLife({ kind, when, times }: Moment, isFirst: boolean, random: Random): PlannedLife {
  const needsDeletion = OF_A_DELETION.includes(kind);
  const most = TIMED.includes(kind) ? 1 : Math.min(NTH_MAX, Math.max(1, Math.floor(times / SURVEYED)));
  const wish = random.pick(WISHES);
  const mayFail = OF_ANY.includes(kind) || wish !== "fail";
  return {
    point: { kind, when, nth: needsDeletion ? 1 : 1 + random.below(most) },
    wish: OF_A_FAILURE.includes(kind) ? "fail" : mayFail ? wish : "create",
    from: { person: random.below(2), channel: random.below(2) },
    deletes: needsDeletion || random.chance(0.2),
    downMs: isFirst ? 0 : random.pick(DOWN_MS),
  };
}
