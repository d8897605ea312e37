import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { MediaStore } from "../../../src/media/media-store.ts";
import { makeNoisyClip, playWhole, runRealFfmpeg } from "../../fixtures/noisy-clip.ts";
import { temporaryFolder } from "../../fixtures/temporary-folder.ts";
import { fitVideos, standIn, type VideoFitting } from "../../fixtures/video-fitting.ts";

const KB = 1000;
const folder = temporaryFolder(afterAll);
let portrait: string;
let landscape: string;
let small: string;
beforeAll(async () => {
  portrait = await makeNoisyClip(folder, { name: "portrait.mp4", size: "270x480", seconds: 1 });
  landscape = await makeNoisyClip(folder, { name: "landscape.mp4", size: "480x270", seconds: 1 });
  small = await makeNoisyClip(folder, { name: "small.mp4", size: "96x64", seconds: 0.5 });
}, 60_000);

/** What was stored, as a file that can be played. */
async function fitted({ media }: VideoFitting): Promise<{ bytes: Buffer; path: string }> {
  const bytes = await buffer(media.read("job1/fitted.mp4"));
  const path = join(folder, "fitted.mp4");
  await writeFile(path, bytes);
  return { bytes, path };
}

async function expectNothing(fitting: VideoFitting): Promise<void> {
  expect(await fitting.media.stat("job1/fitted.mp4")).toBeUndefined();
  expect(await fitting.left()).toEqual([]);
}

function isAlive(pid: string): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

describe("a video that is too large", { timeout: 30_000 }, () => {
  it.each([
    ["portrait", () => portrait, 150 * KB, { width: 270, height: 480 }],
    ["landscape", () => landscape, 150 * KB, { width: 480, height: 270 }],
    ["scaled down", () => landscape, 25 * KB, { width: 360, height: 202 }],
  ])("is made small, plays to its end with sound and begins at once: %s", async (_, clip, maxBytes, size) => {
    const fitting = await fitVideos({ clip: clip() });
    const before = await buffer(fitting.media.read("job1/video.mp4"));
    expect(before.length).toBeGreaterThan(2 * maxBytes);

    const made = await fitting.fit(maxBytes);
    const { bytes, path } = await fitted(fitting);
    expect(made).toEqual({ bytes: bytes.length });
    expect(bytes.length).toBeLessThanOrEqual(maxBytes);
    expect(bytes.length).toBeGreaterThan(maxBytes / 2);
    const played = await playWhole(path);
    expect(played).toMatchObject({ ...size, hasSound: true, framesPerSecond: 24 });
    expect(played?.seconds).toBeCloseTo(1, 0);
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
    const after = await buffer(fitting.media.read("job1/video.mp4"));
    expect(after.equals(before)).toBe(true);
    expect(await fitting.left()).toEqual([]);
  });

  it("stays without sound, and loses what it says of itself", async () => {
    const silent = await makeNoisyClip(folder, {
      name: "silent.mp4",
      size: "96x64",
      seconds: 0.5,
      sound: false,
    });
    const told = join(folder, "told.mp4");
    await runRealFfmpeg(["-v", "error", "-i", silent, "-c", "copy", "-metadata", "comment=a prompt", told]);
    const fitting = await fitVideos({ clip: told });
    expect((await buffer(fitting.media.read("job1/video.mp4"))).includes("a prompt")).toBe(true);
    expect(await fitting.fit(30.0005 * KB)).toBeDefined();
    const { bytes, path } = await fitted(fitting);
    expect(await playWhole(path)).toMatchObject({ hasSound: false });
    expect(bytes.includes("a prompt")).toBe(false);
  });

  it("stays upright where it is stored lying", async () => {
    const turned = join(folder, "turned.mp4");
    await runRealFfmpeg([
      ...["-v", "error", "-i", small, "-c", "copy", "-metadata:s:v:0", "rotate=90"],
      turned,
    ]);
    const fitting = await fitVideos({ clip: turned });
    expect(await fitting.fit(30 * KB)).toBeDefined();
    const { path } = await fitted(fitting);
    const { stderr } = await runRealFfmpeg(["-i", path, "-f", "null", "-"]);
    expect(stderr).toContain("64x96");
    expect(stderr).not.toContain("rotation of");
  });

  it("never grows, whatever is allowed", async () => {
    const fitting = await fitVideos({ clip: small });
    const before = await fitting.media.stat("job1/video.mp4");
    const made = await fitting.fit(1000 * KB);
    expect(made?.bytes).toBeLessThanOrEqual(before?.bytes ?? 0);
  });

  it("is left alone where nothing that small could be watched", async () => {
    const fitting = await fitVideos({ clip: landscape });
    expect(await fitting.fit(15 * KB)).toBeUndefined();
    expect(fitting.log()).toContain("too long");
    await expectNothing(fitting);
  });

  it("gets two more, lower rates when the result is too large, and no fourth", async () => {
    const padding =
      'if [ "$(wc -l < "$HERE/passes")" -le "$PADDED" ]; then head -c 20000 /dev/zero >> result.mp4; fi';
    const counting = (padded: number) =>
      standIn(`PADDED=${padded}
"$REAL" "$@" || exit
case "$*" in *"-pass 2"*) echo "$*" >> "$HERE/passes"; ${padding};; esac`);
    const rates = (passes: string) => [...passes.matchAll(/-b:v (\d+)/g)].map(([, rate]) => Number(rate));

    const once = await counting(1);
    const fitting = await fitVideos({ clip: small, ffmpeg: once.path });
    expect((await fitting.fit(30 * KB))?.bytes).toBeLessThanOrEqual(30 * KB);
    const [first = 0, second = 0, ...more] = rates(await once.read("passes"));
    expect(second).toBeLessThan(first / 2);
    expect(more).toEqual([]);

    const always = await counting(9);
    const hopeless = await fitVideos({ clip: small, ffmpeg: always.path });
    expect(await hopeless.fit(30 * KB)).toBeUndefined();
    expect(rates(await always.read("passes"))).toHaveLength(3);
    await expectNothing(hopeless);
  });

  it("waits until another one is done", async () => {
    const program = await standIn(`echo "begin $PWD" >> "$HERE/runs"
"$REAL" "$@"; code=$?
echo "end $PWD" >> "$HERE/runs"; exit $code`);
    const fitting = await fitVideos({ clip: small, ffmpeg: program.path });
    const made = await Promise.all([fitting.fit(30 * KB), fitting.fit(30 * KB, { to: "job1/other.mp4" })]);
    expect(made).toEqual([{ bytes: expect.any(Number) }, { bytes: expect.any(Number) }]);
    const runs = (await program.read("runs")).trim().split("\n");
    expect(runs.map((line) => line.split(" ")[0]).join()).toMatch(/^begin,end(,begin,end)+$/);
    const folders = runs.map((line) => line.split(" ")[1]);
    expect(folders.filter((name, index) => name !== folders[index - 1])).toHaveLength(2);
  });
});

describe("a file that is no video", { timeout: 30_000 }, () => {
  it("opens no address and no other file", async () => {
    const requests: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url);
      response.writeHead(404).end();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    onTestFinished(() => void server.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${address}/1.ts\n#EXT-X-ENDLIST\n`;
    for (const text of [playlist, `ffconcat version 1.0\nfile '${address}/2.mp4'\n`]) {
      const trap = join(folder, "trap.mp4");
      await writeFile(trap, text);
      const careless = ["-protocol_whitelist", "file,http,tcp", "-safe", "0", "-i", trap, "-f", "null", "-"];
      await expect(runRealFfmpeg(careless)).rejects.toThrow();
      expect(requests.splice(0)).not.toEqual([]);

      const fitting = await fitVideos({ clip: trap });
      expect(await fitting.fit(100)).toBeUndefined();
      expect(requests).toEqual([]);
      expect(fitting.log()).toContain("Invalid data");
      await expectNothing(fitting);
    }

    const thief = Buffer.from(`ffconcat version 1.0\nfile '${small}'\n`);
    await writeFile(join(folder, "thief.mp4"), thief);
    await runRealFfmpeg(["-v", "error", "-safe", "0", "-i", join(folder, "thief.mp4"), "-f", "null", "-"]);
    const fitting = await fitVideos({ clip: thief });
    expect(await fitting.fit(30 * KB)).toBeUndefined();
    await expectNothing(fitting);
  });

  it("is refused when it ends early, and when only unusual decoders read it", async () => {
    const whole = join(folder, "whole.mp4");
    await runRealFfmpeg(["-v", "error", "-i", portrait, "-c", "copy", "-movflags", "+faststart", whole]);
    const media = await fitVideos({ clip: whole });
    const bytes = await buffer(media.media.read("job1/video.mp4"));
    const half = await fitVideos({ clip: bytes.subarray(0, bytes.length / 2) });
    expect(await half.fit(100 * KB)).toBeUndefined();
    expect(half.log()).toContain("a part is missing");
    await expectNothing(half);

    const odd = join(folder, "odd.mp4");
    await runRealFfmpeg(["-v", "error", "-i", small, "-an", "-c:v", "mjpeg", odd]);
    const unusual = await fitVideos({ clip: odd });
    expect(await unusual.fit(30 * KB)).toBeUndefined();
    expect(unusual.log()).toContain("not on whitelist");
    await expectNothing(unusual);
  });
});

describe("ffmpeg", { timeout: 30_000 }, () => {
  it.each(["no-such-ffmpeg", "/no/such/ffmpeg", folder])("need not be there: %s", async (ffmpeg) => {
    const fitting = await fitVideos({ clip: small, ffmpeg });
    expect(await fitting.fit(30 * KB)).toBeUndefined();
    expect(await fitting.fit(30 * KB)).toBeUndefined();
    expect(fitting.log().match(/no ffmpeg/g)).toHaveLength(1);
    await expectNothing(fitting);
  });

  it("is quoted in the log when it fails, without what the file says of itself", async () => {
    const program = await standIn(`case "$*" in
*"-pass 2"*) echo "    comment         : a prompt" >&2; echo "Out of luck" >&2; exit 1;;
esac
exec "$REAL" "$@"`);
    const fitting = await fitVideos({ clip: small, ffmpeg: program.path });
    expect(await fitting.fit(30 * KB)).toBeUndefined();
    expect(fitting.log()).toContain("Out of luck");
    expect(fitting.log()).not.toContain("a prompt");
    await expectNothing(fitting);
  });

  it("has bounds, a low priority and no tokens", async () => {
    const program = await standIn('{ ulimit -d; ulimit -t; nice; env; } > "$HERE/bounds"; exit 1');
    const fitting = await fitVideos({
      clip: small,
      ffmpeg: program.path,
      memoryBytes: 700 * 1024 ** 2,
      timeoutMs: 30_000,
    });
    expect(process.env.TMPDIR).toBeDefined();
    expect(await fitting.fit(30 * KB)).toBeUndefined();
    const [data, seconds, niceness, ...environment] = (await program.read("bounds")).trim().split("\n");
    expect([data, seconds, niceness]).toEqual(["716800", "120", "10"]);
    const names = environment.map((line) => line.split("=")[0]);
    const own = ["LD_LIBRARY_PATH", "PATH", "PWD", "SHLVL", "_"];
    expect(names).toContain("PATH");
    expect(names.filter((name) => !own.includes(name ?? ""))).toEqual([]);
  });

  it("is killed, with whatever it has started, when it takes too long", async () => {
    const program = await standIn('echo $$ > "$HERE/pid"; sleep 600; exit 0');
    const fitting = await fitVideos({ clip: small, ffmpeg: program.path, timeoutMs: 3_000 });
    expect(await fitting.fit(30 * KB)).toBeUndefined();
    const pid = (await program.read("pid")).trim();
    expect(pid).not.toBe("");
    expect(isAlive(pid)).toBe(false);
    expect(fitting.log()).toContain("in time");
    await expectNothing(fitting);
  });

  it("is killed when the work is aborted, and whoever waits for it can leave", async () => {
    const program = await standIn(`case "$*" in *"-pass 2"*) echo $$ > "$HERE/pid"; sleep 600;; esac
exec "$REAL" "$@"`);
    const fitting = await fitVideos({ clip: small, ffmpeg: program.path });
    const [working, waiting] = [new AbortController(), new AbortController()];
    const first = fitting.fit(30 * KB, { signal: working.signal });
    const second = fitting.fit(30 * KB, { signal: waiting.signal });
    const ended = Promise.allSettled([first, second]);
    await expect.poll(() => program.read("pid"), { timeout: 20_000 }).toMatch(/^\d+\n$/);
    const pid = (await program.read("pid")).trim();
    waiting.abort(new Error("left the line"));
    await expect(second).rejects.toThrow("left the line");
    expect(isAlive(pid)).toBe(true);
    working.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    expect(isAlive(pid)).toBe(false);
    await ended;
    await expect(fitting.fit(30 * KB, { signal: working.signal })).rejects.toThrow("enough");
    expect(fitting.log()).toBe("");
    await expectNothing(fitting);
  });
});

describe("a media store that fails", { timeout: 30_000 }, () => {
  const broken = { name: "ServiceError", service: "media", code: "store_failed", retryable: true };

  async function* endsEarly(): AsyncGenerator<Buffer, void> {
    yield Buffer.from("half");
    throw new Error("EIO");
  }

  it.each<[string, Partial<MediaStore>]>([
    ["while it is read", { read: () => Readable.from(endsEarly(), { objectMode: false }) }],
    ["while it is written to", { put: () => Promise.reject(new Error("EIO")) }],
  ])("is told, and nothing is left: %s", async (_, fault) => {
    const fitting = await fitVideos({ clip: small });
    const media = { ...fitting.media, ...fault };
    await expect(fitting.fit(30 * KB, { media })).rejects.toMatchObject(broken);
    await expectNothing(fitting);
  });

  it("has no such video", async () => {
    const fitting = await fitVideos();
    const missing = { name: "ServiceError", code: "not_found", retryable: false };
    await expect(fitting.fit(30 * KB)).rejects.toMatchObject(missing);
    await expectNothing(fitting);
  });
});
