import { API_SECONDS, API_SIZES, type Catalog, resolutionOf, type VideoModel } from "./catalog.ts";
import { KNOWN_EXTRAS } from "./extras.ts";
import { field, textOf } from "./json.ts";

/** Discord's longest list of choices. */
const MODELS_MAX = 25;
/** Names that video models go by, for servers that list all kinds. */
const VIDEO_NAMES =
  /(?<![a-z])(sora|veo-?\d|wan[-_/]?\d|kling|ltx|cogvideo|mochi|seedance|hailuo|pixverse|vidu|runway|gen-?[34]|luma|ray-?\d|nova-reel)|[ti]2v|video|img2vid/i;
/** Of the same families, but not for videos: they speak, read, or make pictures. */
const OTHER_NAMES =
  /tts|eleven|whisper|embedding|caption|understanding|chat|instruct|llama|llava|[-_]vl\b|[ti]2i\b|image(?!\W?(to|2)\W?video)/i;
/** Lengths in seconds, resolutions and shapes as people can choose them. */
const LENGTH = /^(?!0+(\.0+)?$)\d+(\.\d+)?$/;
const SIZE = /^[1-9]\d*x[1-9]\d*$/;
const RATIO = /^[1-9]\d*:[1-9]\d*$/;

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
  const priced = first.usdPerSecond !== undefined;
  return {
    models,
    defaults: {
      model: first.id,
      seconds: priced ? (first.seconds[0] ?? "") : "",
      size: priced ? (first.sizes[0] ?? "") : "",
    },
  };
}

/** What an entry says of itself (OpenRouter, new-api, LiteLLM), or else its name. */
function makesVideos(entry: unknown): boolean {
  const outputs = texts(field(field(entry, "architecture"), "output_modalities"));
  const endpoints = texts(field(entry, "supported_endpoint_types"));
  const mode = textOf(field(entry, "mode")) ?? textOf(field(field(entry, "model_info"), "mode"));
  if (outputs.length > 0) return outputs.includes("video");
  if (endpoints.some((name) => /video/i.test(name))) return true;
  if (mode !== undefined) return /video/i.test(mode);
  const id = textOf(field(entry, "id")) ?? "";
  return VIDEO_NAMES.test(id) && !OTHER_NAMES.test(id);
}

function modelOf(entry: unknown, fallback: Catalog): VideoModel[] {
  const id = textOf(field(entry, "id"));
  if (id === undefined || id === "" || id.length > 100) return [];
  // Proxies put the provider before it.
  const known = fallback.models.find((model) => model.id === id || id.endsWith(`/${model.id}`));
  if (known) return [{ ...known, id, label: id }];
  const seconds = declared(entry, "supported_durations", LENGTH);
  const sizes = declared(entry, "supported_sizes", SIZE);
  const ratios = declared(entry, "supported_aspect_ratios", RATIO);
  const frames = field(entry, "supported_frame_images");
  const takesSeed = field(entry, "seed") === undefined || field(entry, "seed") === true;
  const described = seconds.length > 0 || sizes.length > 0 || ratios.length > 0;
  const price = priceOf(field(entry, "pricing_skus"), sizes);
  return [
    {
      id,
      label: textOf(field(entry, "name")) ?? id,
      seconds: described ? seconds : API_SECONDS,
      sizes: sizes.length > 0 ? sizes : described ? ratios : API_SIZES,
      image: frames === undefined || texts(frames).includes("first_frame"),
      extras: KNOWN_EXTRAS.filter(({ name }) => EVERYWHERE.includes(name) && (name !== "seed" || takesSeed)),
      ...(price && { usdPerSecond: price }),
    },
  ];
}

/** What all servers of open models take. */
const EVERYWHERE = ["seed", "negative_prompt"];

/**
 * How OpenRouter's GET /videos/models names the price of a second: `duration_seconds_with_audio_720p` in dollars,
 * `cents_per_second_output_720p` in cents, in its documentation ("Video Generation") `per-video-second-1080p`. Its other
 * prices are of tokens, of pixels and of what is sent there, from which that of a second does not follow.
 */
const PER_SECOND =
  /^(?:(?:text|image)_to_video_)?(?:duration_seconds|per_video_second|(cents)_per_(?:second_output|video_output_second))((?:_(?:with_audio|without_audio|\d+p|\dk))*)$/;

/** Prices by size, the highest of several that may hold: rather too much is set aside than too little. */
function priceOf(skus: unknown, sizes: readonly string[]): Record<string, number> | undefined {
  const all = Object.entries(Object(skus)).flatMap(([name, value]) => pricesOf(name, textOf(value)));
  // Models that can make sound do so unless they are told not to (its `generate_audio`).
  const sounding = all.filter(({ sound }) => sound);
  const prices = sounding.length > 0 ? sounding : all;
  const highest = (of: string) =>
    prices.filter(({ resolution }) => resolution === of).sort((a, b) => b.usd - a.usd)[0]?.usd;
  const usual = highest("") ?? prices.toSorted((a, b) => b.usd - a.usd)[0]?.usd;
  if (usual === undefined) return undefined;
  const special = sizes.flatMap((size) => {
    const usd = highest(resolutionOf(size).toLowerCase());
    return usd === undefined ? [] : [[size, usd] as const];
  });
  return { "*": usual, ...Object.fromEntries(special) };
}

/** What one entry says of a second, if it does. */
function pricesOf(name: string, amount: string | undefined) {
  const [known, cents, qualities = ""] = PER_SECOND.exec(name.toLowerCase().replaceAll("-", "_")) ?? [];
  const price = amount?.trim() ? Number(amount) : Number.NaN;
  if (known === undefined || !(price >= 0 && price < Number.POSITIVE_INFINITY)) return [];
  const [resolution = ""] = /\d+p|\dk/.exec(qualities) ?? [];
  return [{ usd: cents ? price / 100 : price, resolution, sound: qualities.includes("_with_audio") }];
}

/** What an entry declares under a name, as far as it can be chosen, each once. */
function declared(entry: unknown, name: string, form: RegExp): string[] {
  return [...new Set(texts(field(entry, name)).filter((value) => form.test(value)))];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((item) => textOf(item) ?? []) : [];
}
