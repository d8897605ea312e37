import { afterAll, describe, expect, it } from "vitest";
import { commonFaults, type FaultCase, setStage } from "../../fixtures/common-faults.ts";
import type { FaultPlatform } from "../../fixtures/fault-stage.ts";

/**
 * Lets every fault happen to somebody on a platform, and prints what they saw: what happens to the bot on any platform,
 * and what the platform itself does.
 */
export function faultMatrix<P extends FaultPlatform>(
  name: string,
  open: () => Promise<P>,
  own: readonly FaultCase<P>[],
): void {
  const table: [string, string][] = [];
  afterAll(() => {
    const width = Math.max(...table.map(([fault]) => fault.length));
    const rows = table.map(([fault, seen]) => `${name.padEnd(8)} | ${fault.padEnd(width)} | ${seen}`);
    console.info(`\n${rows.join("\n")}\n`);
  });

  describe(`on ${name}`, { timeout: 60_000 }, () => {
    it.each([...commonFaults, ...own])("$fault", async ({ fault, happen, sees, ends, videos }) => {
      const stage = await setStage(await open());
      const seen = (await happen(stage)).replaceAll("\\", "");
      table.push([fault, shorten(sees.exec(seen)?.[0] ?? seen)]);
      expect(seen).toMatch(sees);
      if (ends) await stage.reach(ends);
      else expect(await stage.job()).toBeUndefined();
      const shown = { channel: await stage.sights.videos(), direct: stage.sights.direct().videos };
      if (videos) expect(shown).toEqual(videos);
      // However it ends, nothing is made twice.
      expect(stage.videos.all().length).toBeLessThanOrEqual(1);
    });
  });
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 140 ? `${line.slice(0, 139)}…` : line;
}
