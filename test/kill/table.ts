import type { Kill } from "./chain.ts";
import type { KillReport } from "./run.ts";

const COLUMNS = ["kills", "nothing", "delivered", "failed", "lost", "deleted", "spare cards"] as const;

/** The kills by platform, effect and moment, each with what became of what was asked for in the life that it ended. */
export function tableOf({ chains }: KillReport): string {
  const all = chains.flatMap(({ chain, kills }) => kills.map((kill) => ({ kill, platform: chain.platform })));
  const rows = Map.groupBy(
    all,
    ({ kill: { point }, platform }) => `${platform}\t${point.kind}\t${point.when}`,
  );
  const lines = [...rows]
    .sort()
    .map(([name, group]) => [...name.split("\t"), ...countsOf(group.map(({ kill }) => kill))]);
  const total = ["all", "", "", ...countsOf(all.map(({ kill }) => kill))];
  return aligned([["platform", "effect", "moment", ...COLUMNS], ...lines, total]);
}

function countsOf(kills: readonly Kill[]): string[] {
  const ended = (wanted: Kill["outcome"]) => kills.filter(({ outcome }) => outcome === wanted).length;
  const nothing = kills.filter(({ wasNothing }) => wasNothing).length;
  const spare = kills.reduce((sum, { spareCards }) => sum + spareCards, 0);
  const counts = [
    kills.length,
    nothing,
    ended("delivered"),
    ended("failed"),
    ended("lost"),
    ended("deleted"),
    spare,
  ];
  return counts.map((count) => (count === 0 ? "" : String(count)));
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, place) => Math.max(cell.length, known[place] ?? 0)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, place) => cell.padEnd(widths[place] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
