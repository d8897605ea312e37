import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runFfmpeg } from "./ffmpeg.ts";
import { type Clip, compose, framesPerSecond } from "./scene/composition.ts";

/** The files of a rendered video, by the API's name of the variant. */
export const mediaFiles = {
  video: { name: "video.mp4", type: "video/mp4" },
  thumbnail: { name: "thumbnail.webp", type: "image/webp" },
  spritesheet: { name: "spritesheet.jpg", type: "image/jpeg" },
} as const;

export type Variant = keyof typeof mediaFiles;

/** Makes the three files of a clip in a directory, which it makes where need be. @throws when it cannot or is aborted. */
export type Render = (options: {
  clip: Clip;
  /** Path of a still picture to draw on. */
  backdrop: string | undefined;
  directory: string;
  signal: AbortSignal;
  /** Hears the share (0 to 1) that is drawn. */
  onProgress: (share: number) => void;
}) => Promise<void>;

const fontPath = createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf");
const tiles = 4;

/** Draws the clip: H.264 that browsers and chat programs play, its frame at two fifths, and sixteen frames as tiles. */
export const renderClip: Render = async ({ clip, backdrop, directory, signal, onProgress }) => {
  const { source, filter, script } = compose(clip, backdrop !== undefined);
  const work = join(directory, "work");
  await mkdir(join(work, "fonts"), { recursive: true });
  await copyFile(fontPath, join(work, "fonts", "DejaVuSans-Bold.ttf"));
  await writeFile(join(work, "scene.ass"), script);
  const frames = clip.seconds * framesPerSecond;
  const graph = [
    `[0:v]${filter},split=3[clip][still][frames]`,
    `[still]select=eq(n\\,${Math.floor(frames * 0.4)})[thumbnail]`,
    `[frames]select=not(mod(n\\,${Math.floor(frames / tiles ** 2)})),scale=iw/4:-2,tile=${tiles}x${tiles}[sheet]`,
  ].join(";");
  const input =
    backdrop === undefined ? ["-f", "lavfi", "-i", source] : ["-protocol_whitelist", "file", "-i", backdrop];
  const output = (variant: Variant) => join("..", mediaFiles[variant].name);
  const video = [
    "-c:v",
    "libx264",
    "-preset",
    "superfast",
    "-crf",
    "24",
    "-maxrate",
    "4M",
    "-bufsize",
    "8M",
    "-threads",
    "1",
  ];
  await runFfmpeg({
    args: [
      ...["-threads", "1", "-filter_complex_threads", "1", ...input, "-filter_complex", graph],
      ...["-map", "[clip]", ...video, "-pix_fmt", "yuv420p", "-movflags", "+faststart", output("video")],
      ...["-map", "[thumbnail]", "-frames:v", "1", "-c:v", "libwebp", "-quality", "80", output("thumbnail")],
      ...["-map", "[sheet]", "-frames:v", "1", "-q:v", "4", output("spritesheet")],
    ],
    directory: work,
    signal,
    onFrame: (frame) => onProgress(Math.min(1, frame / frames)),
  });
  await rm(work, { recursive: true });
};

/** The one short clip of each size that canned rendering hands out, drawn when it is first asked for. */
const canned = new Map<string, Promise<Buffer[]>>();

/** Gives every video of a size the same files, without any work (load tests). */
export const renderCanned: Render = async ({ clip: { width, height }, directory, onProgress }) => {
  const size = `${width}x${height}`;
  const drawn = canned.get(size) ?? drawCanned(width, height);
  canned.set(size, drawn);
  // The next video tries again.
  drawn.catch(() => canned.delete(size));
  const contents = await drawn;
  await mkdir(directory);
  for (const [index, { name }] of Object.values(mediaFiles).entries()) {
    await writeFile(join(directory, name), contents[index] ?? "");
  }
  onProgress(1);
};

async function drawCanned(width: number, height: number): Promise<Buffer[]> {
  const directory = await mkdtemp(join(tmpdir(), "showreel-canned-"));
  const prompt = "a paper boat at sunset";
  const clip: Clip = { width, height, seconds: 1, lineage: [prompt], captions: [{ prompt, fromSecond: 0 }] };
  try {
    await renderClip({
      clip,
      backdrop: undefined,
      directory,
      signal: AbortSignal.timeout(60_000),
      onProgress: () => {},
    });
    return await Promise.all(Object.values(mediaFiles).map(({ name }) => readFile(join(directory, name))));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
