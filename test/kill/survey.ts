import { judge } from "./judgement.ts";
import { live } from "./live.ts";
import type { Platform } from "./platform.ts";
import type { When } from "./points.ts";
import type { Ask } from "./requests.ts";
import { openWorld } from "./world.ts";

/** A moment of a kind of effect, and how often a life that nobody kills passes it. */
export interface Moment {
  platform: Platform["name"];
  kind: string;
  when: When;
  times: number;
}

/** Finds out which moments there are: a life without a kill in which videos are made, one fails and one is deleted. */
export async function survey(platform: Platform["name"]): Promise<{ moments: Moment[]; faults: string[] }> {
  const world = await openWorld(platform);
  try {
    const asks: Ask[] = [
      { wish: "create", word: "boat1", from: { person: 0, channel: 0 } },
      { wish: "create", word: "boat2", from: { person: 1, channel: 1 } },
      { wish: "fail", word: "boat3", from: { person: 1, channel: 1 } },
    ];
    const { passed, look, faults } = await live(world, { asks, deletes: true, point: undefined });
    const uncertain = { cards: [], creates: new Set<string>() };
    const judged = await judge(world, { asks, look, uncertain });
    const moments = [...passed].map(([moment, times]) => {
      const [kind = "", when = ""] = moment.split(" ");
      return { platform, kind, when: whenOf(when), times };
    });
    return { moments: moments.sort(byName), faults: [...faults, ...judged.faults] };
  } finally {
    await world.close();
  }
}

function whenOf(word: string): When {
  return word === "before" || word === "during" ? word : "after";
}

function byName(a: Moment, b: Moment): number {
  return `${a.kind} ${a.when}`.localeCompare(`${b.kind} ${b.when}`, "en");
}
