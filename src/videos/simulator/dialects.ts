import { z } from "zod";
import type { DialectName } from "../dialect.ts";
import { createBody } from "./requests.ts";
import { anySeconds, openBody, promptText, type ServerDialect, type Wish } from "./server-dialect.ts";
import {
  fastApiNoRoute,
  fastApiRefusal,
  inWords,
  openAIDeleted,
  openAINoRoute,
  openAIPage,
  openAIRefusal,
  openAIVideo,
  withoutNulls,
} from "./shapes.ts";
import type { Video } from "./video-library.ts";

/** OpenAI's own, which the others differ from. */
const openai: ServerDialect = {
  models: {
    path: "/models",
    entries: ["sora-2", "sora-2-pro"].map((id) => ({ id, object: "model", created: 1, owned_by: "openai" })),
  },
  headers: { "openai-version": "2020-10-01" },
  has: ["list", "delete", "remix", "edit", "extend", "characters"],
  create: { bodies: ["form", "json"], body: createBody, status: 200, exactPicture: true },
  ids: { out: (id) => id, in: (id) => id },
  show: openAIVideo,
  page: openAIPage,
  pages: true,
  deletesRunning: false,
  deleted: openAIDeleted,
  failedStatus: () => 200,
  content: { pending: 400, failed: 400, variants: true, by: "bytes" },
  refuse: openAIRefusal,
  noRoute: openAINoRoute,
  forgets: false,
};

/** A server of one open model: any length and size, no variants, its videos in memory alone. */
const ownModel = (id: string, owner: string, size: string) =>
  ({
    ...openai,
    models: { path: "/models", entries: [{ id, object: "model", created: 1, owned_by: owner }] },
    has: ["list", "delete"],
    create: { bodies: ["form", "json"], body: openBody([id], size), status: 200, exactPicture: false },
    headers: {},
    content: { pending: 404, failed: 422, variants: false, by: "bytes" },
    refuse: fastApiRefusal,
    noRoute: fastApiNoRoute,
    forgets: true,
  }) as const satisfies ServerDialect;

const wan = "Wan-AI/Wan2.2-T2V-A14B-Diffusers";

/** Progress jumps from nothing to all. */
function jumping(video: Video): object {
  const shown = openAIVideo(video);
  return { ...shown, progress: video.standing.status === "completed" ? 100 : 0 };
}

/** As HTTP has them. */
const numberOf = (code: string) => (/moderation/.test(code) ? 400 : 500);

const vllmOmni: ServerDialect = {
  ...ownModel(wan, "vllm", "832x480"),
  title: "vLLM-Omni",
  create: { bodies: ["form"], body: openBody([wan], "832x480"), status: 200, exactPicture: false },
  show(video) {
    const { error } = video.standing;
    return {
      ...jumping(video),
      error: error ? { code: numberOf(error.code), message: error.message } : null,
    };
  },
  deletesRunning: true,
  failedStatus: ({ standing: { error } }) => numberOf(error?.code ?? ""),
};

const sglang: ServerDialect = {
  ...ownModel(wan, "sglang", "1280x720"),
  title: "SGLang Diffusion",
  show(video, origin) {
    const { status, error } = video.standing;
    // It knows no state between waiting and being done.
    const shown = inWords(video, { in_progress: "queued" });
    return {
      ...shown,
      progress: status === "completed" ? 100 : 0,
      error: error ? { message: error.message } : null,
      ...(status === "completed" && { url: `${origin}/files/${video.record.id}.mp4` }),
    };
  },
  page: (data) => ({ object: "list", data }),
  deletesRunning: true,
  deleted: (_, video) => ({ ...video, status: "deleted" }),
  content: { pending: 404, failed: 404, variants: false, by: "link" },
};

const tensorrt: ServerDialect = {
  ...ownModel(wan, "tensorrt_llm", "832x480"),
  title: "TensorRT-LLM",
  create: { bodies: ["form", "json"], body: openBody([wan], "832x480"), status: 202, exactPicture: false },
  show(video) {
    const { seconds, error: _, ...shown } = inWords(video, { in_progress: "generating" });
    const { error } = video.standing;
    return { ...shown, duration: Number(seconds), progress: null, error: error?.message ?? null };
  },
  page: (data) => ({ object: "list", data }),
  pages: false,
  deletesRunning: true,
};

/** The id names provider and model, so that the proxy need not remember them. */
const LITELLM_PREFIX = "litellm:custom_llm_provider:openai;model_id:sora-2;video_id:";

const litellm: ServerDialect = {
  ...openai,
  headers: { "x-litellm-version": "1.80.0" },
  title: "LiteLLM API",
  has: ["remix", "edit", "extend", "characters"],
  ids: {
    out: (id) => `video_${Buffer.from(`${LITELLM_PREFIX}${id}`).toString("base64")}`,
    in: (id) =>
      Buffer.from(id.replace(/^video_/, ""), "base64")
        .toString()
        .replace(LITELLM_PREFIX, ""),
  },
  show: (video) => ({
    ...inWords(video, { in_progress: "processing" }),
    progress: null,
    size: null,
    created_at: null,
  }),
  content: { pending: 409, failed: 400, variants: false, by: "bytes" },
  noRoute: fastApiNoRoute,
};

const newApi: ServerDialect = {
  ...openai,
  models: {
    path: "/models",
    entries: ["sora-2", "sora-2-pro"].map((id) => ({
      id,
      object: "model",
      owned_by: "custom",
      supported_endpoint_types: ["openai-video"],
    })),
  },
  headers: { "x-new-api-version": "v0.9.9" },
  has: ["remix"],
  ids: {
    out: (id) => id.replace(/^video_/, "task_"),
    in: (id) => id.replace(/^task_/, "video_"),
  },
  show: (video) => withoutNulls(inWords(video, { queued: "unknown" })),
  content: { pending: 400, failed: 400, variants: false, by: "bytes" },
  refuse(error) {
    const isUnknown = error.status === 404;
    const code = isUnknown ? "task_not_exist" : error.code;
    return { status: isUnknown ? 400 : error.status, body: { code, message: error.message, data: null } };
  },
  noRoute: (method, path) => ({
    status: 404,
    body: {
      error: {
        message: `Invalid URL (${method} ${path})`,
        type: "invalid_request_error",
        param: "",
        code: "",
      },
    },
  }),
};

/** `resolution` and `aspect_ratio` stand for a size. */
const SHORT_SIDES: Record<string, number> = { "480p": 480, "720p": 720, "1080p": 1080 };

const dataUrl = z.string().startsWith("data:image/");
const openRouterBody: z.ZodType<Wish> = z
  .strictObject({
    model: z.literal("google/veo-3.1"),
    prompt: promptText,
    duration: anySeconds.default("4"),
    resolution: z.enum(["480p", "720p", "1080p"]).default("720p"),
    aspect_ratio: z.enum(["16:9", "9:16", "1:1"]).default("16:9"),
    frame_images: z
      .array(
        z.strictObject({
          type: z.literal("image_url"),
          image_url: z.strictObject({ url: dataUrl }),
          frame_type: z.literal("first_frame"),
        }),
      )
      .optional(),
    seed: z.number().int().optional(),
    negative_prompt: z.string().optional(),
  })
  .transform(({ prompt, model, duration, resolution, aspect_ratio, frame_images }) => {
    const [wide = 1, high = 1] = aspect_ratio.split(":").map(Number);
    const short = SHORT_SIDES[resolution] ?? 720;
    const long = 2 * Math.round((short * Math.max(wide, high)) / Math.min(wide, high) / 2);
    const image = frame_images?.[0]?.image_url.url;
    return {
      prompt,
      model,
      seconds: duration,
      size: wide >= high ? `${long}x${short}` : `${short}x${long}`,
      ...(image !== undefined && { input_reference: { image_url: image } }),
    };
  });

const openrouter: ServerDialect = {
  ...openai,
  headers: {},
  models: {
    path: "/videos/models",
    entries: [
      {
        id: "google/veo-3.1",
        name: "Google: Veo 3.1",
        supported_durations: [4, 6, 8],
        supported_resolutions: ["720p"],
        supported_aspect_ratios: ["16:9", "9:16"],
        supported_sizes: ["1280x720", "720x1280"],
        supported_frame_images: ["first_frame"],
        pricing_skus: { "per-video-second": "0.40" },
      },
    ],
  },
  has: [],
  create: { bodies: ["json"], body: openRouterBody, status: 202, exactPicture: false },
  ids: { out: (id) => id.replace(/^video_/, "gen-"), in: (id) => id.replace(/^gen-/, "video_") },
  show({ record, standing: { status, error } }, origin) {
    const id = this.ids.out(record.id);
    return {
      id,
      generation_id: id,
      polling_url: `${origin}/v1/videos/${id}`,
      status: status === "queued" ? "pending" : status,
      ...(status === "completed" && { unsigned_urls: [`${origin}/v1/videos/${id}/content?index=0`] }),
      ...(error && { error: error.message }),
    };
  },
  content: { pending: 404, failed: 404, variants: false, by: "bytes" },
  refuse: ({ status, message }) => ({ status, body: { error: { code: status, message } } }),
  noRoute: () => ({ status: 404, body: "<!DOCTYPE html><title>Not found</title>" }),
};

/** A gateway that nobody knows: names of its own, and its files behind a redirect; but it describes itself. */
const generic: ServerDialect = {
  ...openai,
  headers: {},
  title: "Studio gateway",
  noRoute: fastApiNoRoute,
  models: {
    path: "/models",
    entries: [{ id: "studio-video-1", object: "model", created: 1, owned_by: "studio" }],
  },
  has: ["list", "delete"],
  create: {
    bodies: ["form", "json"],
    body: openBody(["studio-video-1"], "720x1280"),
    status: 200,
    exactPicture: false,
  },
  show: (video) => inWords(video, { in_progress: "RUNNING", completed: "SUCCESS" }),
  content: { pending: 425, failed: 422, variants: false, by: "redirect" },
};

/** Every kind of server that can be simulated. */
export const serverDialects: Readonly<Record<DialectName, ServerDialect>> = {
  openai,
  "vllm-omni": vllmOmni,
  sglang,
  "tensorrt-llm": tensorrt,
  litellm,
  "new-api": newApi,
  openrouter,
  generic,
};
