import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { spawnScript } from "../fixtures/bot-process.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

it("makes a video and its remix in a terminal", async () => {
  const cwd = temporaryFolder(onTestFinished);
  const prompt = "a paper boat in the rain";
  const { exited, output } = spawnScript({ script: "src/terminal/main.ts", args: [prompt], cwd });
  expect(await exited).toBe(0);
  expect(output()).toMatch(/[1-9]\d? %/);

  const folder = join(cwd, "demo-out");
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
  );
  const videos = files.filter(({ name }) => name.endsWith(".mp4"));
  const pictures = files.filter(({ name }) => name.endsWith(".webp"));
  expect(videos.map(({ bytes }) => bytes.toString("latin1", 4, 8))).toEqual(["ftyp", "ftyp"]);
  expect(pictures.map(({ bytes }) => bytes.toString("latin1", 8, 12))).toEqual(["WEBP", "WEBP"]);
  expect(files).toHaveLength(4);
  const [first, second] = videos;
  expect(first?.bytes.equals(second?.bytes ?? Buffer.alloc(0))).toBe(false);
  for (const { name, bytes } of files) {
    expect(output()).toContain(`${join("demo-out", name)} (${bytes.length.toLocaleString("en")} bytes)`);
  }
});
