import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { readRequestBody } from "../servers/request-body.ts";

/** A video of the load backend. Times are Unix milliseconds. */
export interface LoadVideo {
  id: string;
  prompt: string;
  createdAt: number;
  /** Infinity until `finish` says when. */
  completesAt: number;
  /** When an answer first said that it is completed. */
  toldAt: number | undefined;
}

/** What a backend can be asked for; `other` is what tells what it is. */
export type Operation = "create" | "retrieve" | "list" | "content" | "delete" | "other";

/** A Videos API for load: nothing is rendered, every file is one buffer that all downloads share. */
export interface LoadBackend {
  /** With `/v1`. */
  baseUrl: string;
  /** Requests until now, those answered 429 included. */
  counts: Readonly<Record<Operation, number>>;
  /** Requests answered with 429. */
  readonly refused: number;
  /** In the order in which they were created. */
  videos: readonly LoadVideo[];
  /** Has a video that nobody asked for. */
  add(id: string, prompt: string): LoadVideo;
  /** Completes a video at that time; where webhooks are on, they say so then. */
  finish(video: LoadVideo, at: number): void;
  /** From now on endings are told there, signed with the key. */
  tell(webhooks: { url: string; key: Buffer }): void;
  close(): Promise<void>;
}

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const CHUNK_BYTES = 65_536;
/** Progress grows so fast, to 99 (percent a second): a clip takes about two minutes, as real ones do. */
const PROGRESS_PER_S = 0.8;
const PICTURES: Readonly<Record<string, { type: string; bytes: Buffer }>> = {
  thumbnail: { type: "image/webp", bytes: fixture("thumbnail.webp") },
  spritesheet: { type: "image/jpeg", bytes: fixture("spritesheet.jpg") },
};

/**
 * Listens on a free port of 127.0.0.1.
 * @param options.fileBytes how large every video is; @param options.perSecond requests that it takes in any second, the
 *   others are answered with 429. Default: all.
 */
export async function createLoadBackend(options: {
  fileBytes: number;
  perSecond?: number;
}): Promise<LoadBackend> {
  const { fileBytes, perSecond = Number.POSITIVE_INFINITY } = options;
  const clip = paddedClip(fileBytes);
  const counts = { create: 0, retrieve: 0, list: 0, content: 0, delete: 0, other: 0 };
  let refused = 0;
  const videos: LoadVideo[] = [];
  const places = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  let webhooks: { url: string; key: Buffer } | undefined;
  let taken: number[] = [];

  function add(id: string, prompt: string): LoadVideo {
    const video = {
      ...{ id, prompt, createdAt: Date.now() },
      ...{ completesAt: Number.POSITIVE_INFINITY, toldAt: undefined },
    };
    places.set(id, videos.length);
    videos.push(video);
    return video;
  }

  /** As the API shows it; notes when it first says that it is completed. */
  function present(video: LoadVideo) {
    const { id, prompt, createdAt, completesAt } = video;
    const now = Date.now();
    const isDone = completesAt <= now;
    if (isDone) video.toldAt ??= now;
    const percent = Math.floor(((now - createdAt) / 1000) * PROGRESS_PER_S);
    return {
      object: "video",
      id,
      prompt,
      model: "sora-2",
      seconds: "4",
      size: "720x1280",
      status: isDone ? "completed" : "in_progress",
      progress: isDone ? 100 : Math.min(99, percent),
      created_at: Math.floor(createdAt / 1000),
      completed_at: isDone ? Math.floor(completesAt / 1000) : null,
      expires_at: isDone ? Math.floor(completesAt / 1000) + 86_400 : null,
      remixed_from_video_id: null,
      error: null,
    };
  }

  /** Newest first, as the API does where nothing else is asked for. */
  function page(query: URLSearchParams) {
    const limit = Number(query.get("limit") ?? 20);
    const before = places.get(query.get("after") ?? "") ?? videos.length;
    const from = Math.max(0, before - limit);
    const shown = videos.slice(from, before).reverse().map(present);
    return { object: "list", data: shown, has_more: from > 0, last_id: shown.at(-1)?.id ?? null };
  }

  function isTooMuch(): boolean {
    const now = performance.now();
    taken = taken.filter((at) => at > now - 1000);
    if (taken.length >= perSecond) return true;
    if (perSecond !== Number.POSITIVE_INFINITY) taken.push(now);
    return false;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, name = "", id = "", part] = url.pathname.replace(/^\/v1/, "").split("/");
    const operation = operationOf(`${request.method}`, name, id, part);
    counts[operation] += 1;
    const body = await buffer(request);
    if (isTooMuch()) {
      refused += 1;
      return answer(response, 429, refusal("rate_limit_exceeded"), { "retry-after": "1" });
    }
    const video = videos[places.get(id) ?? -1];
    if (operation === "create") {
      const { payload } = await readRequestBody(request.headers["content-type"] ?? "", body);
      const prompt = String(Reflect.get(Object(payload), "prompt"));
      return answer(response, 200, present(add(`video_${randomBytes(12).toString("hex")}`, prompt)));
    }
    if (operation === "list") return answer(response, 200, page(url.searchParams));
    if (name === "models") return answer(response, 200, { data: [{ id: "sora-2", owned_by: "openai" }] });
    if (operation === "other" || !video) return answer(response, 404, refusal("not_found"));
    if (operation === "retrieve") return answer(response, 200, present(video));
    if (operation === "delete") return answer(response, 200, { id, object: "video.deleted", deleted: true });
    const picture = PICTURES[url.searchParams.get("variant") ?? "video"];
    if (!picture) return stream(response, clip);
    response.writeHead(200, { "content-type": picture.type }).end(picture.bytes);
  }

  async function send(video: LoadVideo): Promise<void> {
    if (!webhooks) return;
    const event = `evt_${video.id}`;
    const body = JSON.stringify({ id: event, type: "video.completed", data: { id: video.id } });
    const at = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", webhooks.key).update(`${event}.${at}.${body}`).digest("base64");
    const headers = { "webhook-id": event, "webhook-timestamp": at, "webhook-signature": `v1,${signature}` };
    const { status } = await fetch(webhooks.url, { method: "POST", body, headers });
    if (status !== 200) throw new Error(`A webhook was answered with ${status}.`);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    counts,
    get refused() {
      return refused;
    },
    videos,
    add,
    finish(video, at) {
      video.completesAt = at;
      const timer = setTimeout(() => {
        timers.delete(timer);
        void send(video);
      }, at - Date.now());
      timers.add(timer);
    },
    tell(to) {
      webhooks = to;
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function operationOf(method: string, name: string, id: string, part: string | undefined): Operation {
  if (name !== "videos" || id === "models") return "other";
  if (method === "POST") return "create";
  if (method === "DELETE") return "delete";
  if (id === "") return "list";
  return part === "content" ? "content" : "retrieve";
}

const refusal = (code: string) => ({ error: { code, type: "invalid_request_error", message: `${code}.` } });

/** With the header by which OpenAI's own servers are known. */
function answer(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  const known = { "content-type": "application/json", "openai-version": "2020-10-01" };
  response.writeHead(status, { ...known, ...headers }).end(JSON.stringify(body));
}

/** Waits wherever whoever reads is slower: what is on its way is theirs alone. */
function stream(response: ServerResponse, bytes: Buffer): void {
  response.writeHead(200, { "content-type": "video/mp4", "content-length": bytes.length });
  let at = 0;
  function send(): void {
    while (at < bytes.length) {
      const more = response.write(bytes.subarray(at, at + CHUNK_BYTES));
      at += CHUNK_BYTES;
      if (!more) return void response.once("drain", send);
    }
    response.end();
  }
  send();
}

/** A clip that plays, with a box behind it that players pass over (ISO/IEC 14496-12, `free`). */
function paddedClip(fileBytes: number): Buffer {
  const clip = fixture("clip.mp4");
  const free = Buffer.alloc(Math.max(8, fileBytes - clip.length));
  free.writeUInt32BE(free.length, 0);
  free.write("free", 4, "latin1");
  return Buffer.concat([clip, free]);
}
