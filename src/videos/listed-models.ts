import { API_SECONDS, API_SIZES, type Catalog, ratioOf, type VideoModel } from "./catalog.ts";
import { KNOWN_EXTRAS } from "./extras.ts";

/** Discord's longest list of choices. */
const MODELS_MAX = 25;
/** Names that video models go by, for servers that list all kinds. */
const VIDEO_NAMES =
  /sora|veo-?\d|wan[-_/]?\d|kling|hunyuan.?video|ltx|cogvideo|mochi|seedance|hailuo|pixverse|vidu|runway|gen-?[34]|luma|ray-?\d|[ti]2v|video/i;
/** Of the same families, but not for videos. */
const OTHER_NAMES = /tts|whisper|embedding|caption|understanding|chat|[-_]vl\b/i;

/**
 * The catalogue of what a backend lists under GET /models: those of its models that make videos, each as it describes it
 * (OpenRouter's `supported_…` and `pricing_skus`), as the fallback knows it, or with the API's own lengths and sizes.
 * @param fallback what holds when nothing there makes videos.
 */
export function catalogFrom(
  entries: readonly unknown[],
  fallback: Catalog,
  { servesVideosOnly }: { servesVideosOnly: boolean },
): Catalog {
  const models = entries
    .filter((entry) => servesVideosOnly || makesVideos(entry))
    .flatMap((entry) => modelOf(entry, fallback))
    .filter((model, at, all) => all.findIndex(({ id }) => id === model.id) === at)
    .slice(0, MODELS_MAX);
  const [first] = models;
  if (!first) return fallback;
  const usual = models.find(({ id }) => id === fallback.defaults.model);
  if (usual) return { models, defaults: fallback.defaults };
  // Left to the backend, unless it says itself what it takes: servers of one's own know best what their model is for.
  const declared = first.usdPerSecond !== undefined;
  return {
    models,
    defaults: {
      model: first.id,
      seconds: declared ? (first.seconds[0] ?? "") : "",
      size: declared ? (first.sizes[0] ?? "") : "",
    },
  };
}

/** What an entry says of itself (OpenRouter, new-api, LiteLLM), or else its name. */
function makesVideos(entry: unknown): boolean {
  const outputs = texts(field(field(entry, "architecture"), "output_modalities"));
  const endpoints = texts(field(entry, "supported_endpoint_types"));
  const mode = text(field(entry, "mode")) ?? text(field(field(entry, "model_info"), "mode"));
  if (outputs.length > 0) return outputs.includes("video");
  if (endpoints.some((name) => /video/i.test(name))) return true;
  if (mode !== undefined) return /video/i.test(mode);
  const id = text(field(entry, "id")) ?? "";
  return VIDEO_NAMES.test(id) && !OTHER_NAMES.test(id);
}

function modelOf(entry: unknown, fallback: Catalog): VideoModel[] {
  const id = text(field(entry, "id"));
  if (id === undefined || id === "" || id.length > 100) return [];
  // Proxies put the provider before it.
  const known = fallback.models.find((model) => model.id === id || id.endsWith(`/${model.id}`));
  if (known) return [{ ...known, id, label: id }];
  const seconds = texts(field(entry, "supported_durations"));
  const sizes = texts(field(entry, "supported_sizes")).filter((size) => /^\d+x\d+$/.test(size));
  const ratios = texts(field(entry, "supported_aspect_ratios")).filter((ratio) => /^\d+:\d+$/.test(ratio));
  const frames = field(entry, "supported_frame_images");
  const described = seconds.length > 0 || sizes.length > 0 || ratios.length > 0;
  const price = priceOf(field(entry, "pricing_skus"), sizes);
  return [
    {
      id,
      label: text(field(entry, "name")) ?? id,
      seconds: described ? seconds : API_SECONDS,
      sizes: sizes.length > 0 ? sizes : described ? ratios : API_SIZES,
      image: Array.isArray(frames) ? frames.length > 0 : true,
      extras: KNOWN_EXTRAS.filter(({ name }) => EVERYWHERE.includes(name)),
      ...(price && { usdPerSecond: price }),
    },
  ];
}

/** What all servers of open models take. */
const EVERYWHERE = ["seed", "negative_prompt"];

/** "per-video-second": "0.50", "per-video-second-1080p": "0.75" (OpenRouter's documentation, "Video Generation"). */
function priceOf(skus: unknown, sizes: readonly string[]): Record<string, number> | undefined {
  const prices = Object.entries(Object(skus)).flatMap(([name, value]) => {
    const [, resolution = ""] = /second\w*(?:[-_](\d+p|4k))?$/i.exec(name) ?? [undefined, undefined];
    const price = Number(value);
    return /second/i.test(name) && Number.isFinite(price) ? [[resolution.toLowerCase(), price] as const] : [];
  });
  const usual = prices.find(([resolution]) => resolution === "") ?? prices[0];
  if (!usual) return undefined;
  const special = sizes.flatMap((size) => {
    const found = prices.find(([resolution]) => resolution === resolutionOf(size));
    return found ? [[size, found[1]] as const] : [];
  });
  return { "*": usual[1], ...Object.fromEntries(special) };
}

function resolutionOf(size: string): string {
  const [width = 0, height = 0] = size.split("x").map(Number);
  const short = ratioOf(size) < 1 ? width : height;
  return short === 2160 ? "4k" : `${short}p`;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((item) => text(item) ?? []) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
