import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileTypeFromBuffer } from "file-type";
import { toFile } from "openai";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { probe } from "../../src/videos/simulator/ffmpeg.ts";
import { bytesOf, clientOf, drawClip, settled, startOfTime, startSimulator } from "../fixtures/simulator.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

/** The simulator in a process of its own, to be killed. */
const program = `
  const { createSimulator } = await import(${JSON.stringify(new URL("../../src/videos/simulator/simulator.ts", import.meta.url).href)});
  const { baseUrl } = await createSimulator({ dataDir: process.argv[1], pace: 0 });
  console.log(baseUrl);
`;

/** Ids of the processes that work in a folder (Linux). */
async function processesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const directory = await readlink(`/proc/${id}/cwd`).catch(() => "");
    if (directory.startsWith(folder)) found.push(id);
  }
  return found;
}

describe("ffmpeg", () => {
  test("draws a clip of the length and size that is asked for, different for each prompt", async () => {
    const folder = temporaryFolder(onTestFinished);
    const { client } = await startSimulator({ rendering: "ffmpeg" });
    const videos = await Promise.all([
      client.videos.create({ prompt: "a paper boat in the rain" }),
      client.videos.create({ prompt: "a red kite 🪁 {\\b1} שלום", size: "1280x720" }),
    ]);
    const seen: Buffer[] = [];
    for (const { id, size } of videos) {
      expect(await settled(client, id)).toMatchObject({ status: "completed", progress: 100 });
      const [width, height] = size.split("x").map(Number);
      for (const variant of ["video", "thumbnail", "spritesheet"] as const) {
        const path = join(folder, `${id}-${variant}`);
        await writeFile(path, await bytesOf(client.videos.downloadContent(id, { variant })));
        const found = await probe(path);
        expect(found).toMatchObject({ width, height });
        if (variant === "video") expect(found?.seconds).toBeCloseTo(4, 1);
      }
      const video = await readFile(join(folder, `${id}-video`));
      expect((await fileTypeFromBuffer(video))?.mime).toBe("video/mp4");
      expect(video.includes("avc1")).toBe(true);
      // The index comes first, so that a browser can play while it loads.
      expect(video.indexOf("moov")).toBeLessThan(video.indexOf("mdat"));
      expect(video.length).toBeLessThan(3_000_000);
      seen.push(video);
    }
    expect(seen[0]?.equals(seen[1] ?? Buffer.alloc(0))).toBe(false);
  }, 60_000);

  test("draws an extension, and the extension of that, as long as they say", async () => {
    const folder = temporaryFolder(onTestFinished);
    const { client } = await startSimulator({ rendering: "ffmpeg" });
    const upload = await toFile(await drawClip(1, "1280x720"), "clip.mp4");
    let video = await client.videos.extend({ prompt: "a boat", video: upload, seconds: "4" });
    for (const seconds of ["5", "9"]) {
      expect(await settled(client, video.id)).toMatchObject({ status: "completed", seconds });
      const path = join(folder, `${seconds}.mp4`);
      await writeFile(path, await bytesOf(client.videos.downloadContent(video.id)));
      expect((await probe(path))?.seconds).toBeCloseTo(Number(seconds), 1);
      if (seconds === "5")
        video = await client.videos.extend({ prompt: "on", video: { id: video.id }, seconds: "4" });
    }
  }, 60_000);

  test("goes on after a kill -9 amid rendering, and leaves no process behind", async () => {
    const dataDir = temporaryFolder(onTestFinished);
    const child = spawn(process.execPath, ["--input-type=module", "-e", program, dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [baseUrl] = await once(createInterface({ input: child.stdout }), "line");
    const { id } = await clientOf(String(baseUrl)).videos.create({ prompt: "a lighthouse", seconds: "12" });
    await vi.waitFor(async () => expect(await processesIn(dataDir)).not.toEqual([]), { timeout: 10_000 });
    child.kill("SIGKILL");
    await once(child, "exit");

    const { client } = await startSimulator({ dataDir, rendering: "ffmpeg", clock: Date.now });
    expect(await settled(client, id)).toMatchObject({ status: "completed", seconds: "12" });
    const path = join(dataDir, "download.mp4");
    await writeFile(path, await bytesOf(client.videos.downloadContent(id)));
    expect((await probe(path))?.seconds).toBeCloseTo(12, 1);
    await vi.waitFor(async () => expect(await processesIn(dataDir)).toEqual([]), { timeout: 10_000 });
    expect(await readdir(join(dataDir, "videos", id))).toEqual(["media", "video.json"]);
  }, 60_000);
});

describe("restart", () => {
  test("finished videos and characters are there, unfinished ones go on, rubbish is swept", async () => {
    const dataDir = temporaryFolder(onTestFinished);
    const before = await startSimulator({ dataDir });
    const finished = await before.make("a paper boat");
    const video = await toFile(await drawClip(3), "mossy.mp4");
    const character = await before.client.videos.createCharacter({ name: "Mossy", video });
    await before.simulator.close();

    const between = await startSimulator({ dataDir, pace: 1 });
    const unfinished = await between.client.videos.create({ prompt: "a red kite" });
    await between.simulator.close();
    await mkdir(join(dataDir, "videos", "video_half", "draft-1"), { recursive: true });
    await writeFile(join(dataDir, "videos", "video_half", "video.json"), '{"version":1,"id":"vid');
    await mkdir(join(dataDir, "videos", unfinished.id, "draft-2"));

    const after = await startSimulator({ dataDir, pace: 1 });
    expect(await after.client.videos.retrieve(finished.id)).toEqual(finished);
    expect(await after.client.videos.getCharacter(character.id ?? "")).toEqual(character);
    after.pass(8000);
    expect(await after.settled(unfinished.id)).toMatchObject({ status: "completed", prompt: "a red kite" });
    expect((await readdir(join(dataDir, "videos"))).toSorted()).toEqual(
      [finished.id, unfinished.id].toSorted(),
    );
    for (const { id } of [finished, unfinished]) {
      expect(await readdir(join(dataDir, "videos", id))).toEqual(["media", "video.json"]);
      const bytes = await bytesOf(after.client.videos.downloadContent(id));
      expect((await fileTypeFromBuffer(bytes))?.mime).toBe("video/mp4");
    }
  });

  test("an unfinished video can be downloaded even when the restart came a day later", async () => {
    const dataDir = temporaryFolder(onTestFinished);
    const before = await startSimulator({ dataDir, rendering: "ffmpeg" });
    const { id } = await before.client.videos.create({ prompt: "a paper boat" });
    await before.simulator.close();
    const dayLater = startOfTime + 24 * 3_600_000;
    const { client, settled } = await startSimulator({ dataDir, clock: () => dayLater });
    await settled(id);
    expect((await client.videos.downloadContent(id)).status).toBe(200);
  });
});
