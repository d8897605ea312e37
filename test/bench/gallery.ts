import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { pino } from "pino";
import { type Channel, createGallery, type GalleryEntry } from "../../src/gallery/gallery.ts";
import { createGalleryLinks, GALLERY_PATH } from "../../src/gallery/gallery-links.ts";
import type { Job } from "../../src/jobs/job.ts";
import { createJobStore } from "../../src/jobs/job-store.ts";
import { createFileMediaStore } from "../../src/media/file-media-store.ts";
import { createStore } from "../../src/store/create-store.ts";
import { createAssets } from "../../src/web/assets.ts";
import { createWebGallery } from "../../src/web/gallery/web-gallery.ts";
import { createWebServer } from "../../src/web/server.ts";
import { aJob } from "../fixtures/jobs.ts";

/** How long pages of a gallery of 10,000 videos take: real HTTP, a store and media on the disk, one process. */

const VIDEOS = 10_000;
const RUNS = 300;
const WARM_UP_RUNS = 20;
const BASELINE_RUNS = 10;
/** Pages turned before the deep one is measured. */
const DEPTH = 200;
const channel: Channel = { platform: "discord", workspace: "g1", channel: "general" };
const SUBJECTS = ["paper boat", "red kite", "glass whale", "lighthouse", "locomotive", "fox", "balloon"];
const PLACES = ["over desert dunes", "in a storm", "down a rainy street", "above the city", "in the snow"];
const pick = (list: readonly string[], n: number) => list[n % list.length] ?? "";

const folder = await mkdtemp(join(tmpdir(), "showreel-bench-"));
const logger = pino({ level: "silent" });
const now = Date.now;
const store = await createStore({ url: `sqlite:${join(folder, "showreel.db")}` });
const media = await createFileMediaStore({
  ...{ directory: join(folder, "media"), maxTotalBytes: Number.MAX_SAFE_INTEGER, logger },
});
const jobs = createJobStore({ store, now });
const links = createGalleryLinks({
  ...{ store, lifetimeMs: 86_400_000, now },
  baseUrlOf: () => "",
  isOff: async () => false,
});
const filler = createGallery({ store });

function entryOf(n: number): GalleryEntry {
  return {
    id: `film${String(n).padStart(6, "0")}`,
    at: now() - (VIDEOS - n) * 60_000,
    person: { id: `person${n % 40}`, name: `Person ${n % 40}` },
    prompt: `A ${pick(SUBJECTS, n)} ${pick(PLACES, Math.floor(n / 7))}, take ${n}, filmed on 35 mm in the evening light`,
    model: n % 3 === 0 ? "sora-2-pro" : "sora-2",
    seconds: pick(["4", "8", "12"], n),
    size: pick(["720x1280", "1280x720"], n),
    stars: (n * 7_919) % 23,
  };
}

function jobOf(entry: GalleryEntry): Job {
  const { id, at, person, prompt, model, seconds, size } = entry;
  return aJob({
    ...{ id, createdAt: at, deliveredAt: at, requester: person, phase: "delivered" },
    destination: { ...channel, message: `message-of-${id}` },
    request: { operation: "create", prompt, model, seconds, size },
    media: {
      video: { key: `${id}/video.mp4`, bytes: 1 },
      thumbnail: { key: `${id}/thumbnail.webp`, bytes: 1, contentType: "image/webp" },
    },
  });
}

/** A hundred at a time; the pictures go past the media store, which waits for the disk with each. */
async function fill(): Promise<void> {
  for (let from = 0; from < VIDEOS; from += 100) {
    const entries = Array.from({ length: 100 }, (_, index) => entryOf(from + index));
    const page = await filler.openPage(channel);
    await Promise.all(
      entries.flatMap((entry) => [
        jobs.insert(jobOf(entry)),
        filler.add(channel, page, entry),
        putThumbnail(entry.id),
      ]),
    );
  }
}

async function putThumbnail(id: string): Promise<void> {
  await mkdir(join(folder, "media", id), { recursive: true });
  await writeFile(join(folder, "media", id, "thumbnail.webp"), "a picture");
}

/** Milliseconds at each percentile; `prepare` is not counted. */
async function measure(runs: number, run: () => Promise<unknown>, prepare?: () => Promise<void>) {
  const times: number[] = [];
  for (let n = 0; n < runs; n++) {
    await prepare?.();
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.min(runs - 1, Math.floor(runs * share))] ?? 0).toFixed(1);
  return { "p50 ms": at(0.5), "p95 ms": at(0.95), "p99 ms": at(0.99) };
}

async function get(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}.`);
  return text;
}

/** What a gallery without an index would do: read all jobs, keep the channel's, sort them. */
async function readAllJobs(search: string): Promise<Job[]> {
  const found: Job[] = [];
  for await (const [, job] of store.collection<Job>({ name: "job", version: 1 }).entries()) {
    const { destination, request, phase } = job;
    if (phase !== "delivered" || destination.channel !== channel.channel) continue;
    if (request.prompt.toLowerCase().includes(search)) found.push(job);
  }
  return found.sort((a, b) => b.createdAt - a.createdAt).slice(0, 24);
}

try {
  await fill();
  // A gallery of its own, so that what the first page costs after a start is seen, too.
  const host = "127.0.0.1";
  const site = createWebGallery({
    ...{ links, jobs, media, host, publicUrl: undefined, now, logger, assets: createAssets() },
    gallery: createGallery({ store }),
    family: async () => undefined,
    link: () => undefined,
  });
  const mounted = new Hono().route(GALLERY_PATH, site);
  const server = createWebServer({
    host,
    port: 0,
    ready: async () => ({ status: "ok", checks: {}, trouble: [] }),
    playground: mounted,
    logger,
  });
  const { url } = await server.listen();
  const address = url + ((await links.create(channel))?.url ?? "");
  const table: Record<string, unknown> = {};
  table["first page after a start"] = await measure(1, () => get(address));

  let deep = address;
  for (let n = 0; n < DEPTH; n++) {
    const [, next = ""] = /rel="next" href="\.\/([^"]*)"/.exec(await get(deep)) ?? [];
    deep = address + next.replaceAll("&amp;", "&");
  }
  const pages = {
    "first page": address,
    "search (two words)": `${address}?search=whale+storm`,
    "by a person": `${address}?by=person7`,
    "sort: stars": `${address}?sort=stars`,
    [`page ${DEPTH + 1}`]: deep,
    "one video": `${address}film005000`,
  };
  for (const [name, page] of Object.entries(pages)) {
    await measure(WARM_UP_RUNS, () => get(page));
    table[name] = await measure(RUNS, () => get(page));
  }
  let count = VIDEOS;
  const another = async () => {
    const entry = entryOf(count++);
    await jobs.insert(jobOf(entry));
    await filler.add(channel, await filler.openPage(channel), entry);
  };
  table["first page, each after a new video"] = await measure(RUNS, () => get(address), another);
  table["baseline: read and filter all job documents"] = await measure(BASELINE_RUNS, () => readAllJobs(""));
  const load = loadavg()[0]?.toFixed(1);
  console.log(`${VIDEOS} videos, ${availableParallelism()} cores, load ${load}, Node ${process.version}`);
  console.table(table);
  await server.close();
} finally {
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
