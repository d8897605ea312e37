import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { createMediaQuota } from "../../../src/media/media-quota.ts";
import { temporaryFolder } from "../../fixtures/temporary-folder.ts";

const HOUR_MS = 3_600_000;

it("a media folder that cannot be read is only logged, and is read when it can be", async () => {
  const directory = join(temporaryFolder(onTestFinished), "away");
  const lines: string[] = [];
  const logger = pino({}, { write: (line) => void lines.push(line) });
  const quota = createMediaQuota({ directory, maxTotalBytes: 100, logger });
  await Promise.all([quota.wrote("job1/video.mp4", 10), quota.removed("job2")]);
  await expect(quota.prune(Date.now())).rejects.toThrow("ENOENT");
  expect(lines.join("")).toContain("ENOENT");

  await mkdir(join(directory, "old"), { recursive: true });
  await writeFile(join(directory, "old/video.mp4"), Buffer.alloc(90));
  const writtenAt = new Date(Date.now() - 2 * HOUR_MS);
  await utimes(join(directory, "old/video.mp4"), writtenAt, writtenAt);
  await quota.wrote("job3/video.mp4", 20);
  expect(await readdir(directory)).toEqual([]);
});
