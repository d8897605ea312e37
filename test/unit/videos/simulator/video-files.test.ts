import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createVideoFiles } from "../../../../src/videos/simulator/video-files.ts";
import { temporaryFolder } from "../../../fixtures/temporary-folder.ts";

/** Writes file after file where it stands, as an ffmpeg does whose parent was killed; ends by itself after a second. */
const orphan = `
  const { writeFileSync } = await import("node:fs");
  console.log("writing");
  for (let n = 0, end = Date.now() + 1000; Date.now() < end; n++) writeFileSync(n + ".png", "x");
`;

it("a start sweeps what a killed process left, also while that one's renderer goes on writing", async () => {
  const root = temporaryFolder(onTestFinished);
  const draft = join(root, "video_half", "draft-1");
  await mkdir(draft, { recursive: true });
  const child = spawn(process.execPath, ["--input-type=module", "-e", orphan], { cwd: draft });
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  const files = createVideoFiles(root);
  expect(await files.load()).toEqual([]);
  await ended;
  // What could not be removed then is by the next start.
  expect(await files.load()).toEqual([]);
  expect(await readdir(root)).toEqual([]);
});
