import { describe, expect, it } from "vitest";
import { defaultCatalog } from "../../../src/videos/catalog.ts";
import { catalogFrom } from "../../../src/videos/listed-models.ts";

/** The only model of a list with this entry. */
function described(entry: object) {
  const entries = [{ id: "vendor/m", supported_durations: [5], ...entry }];
  const [model] = catalogFrom(entries, defaultCatalog, { servesVideosOnly: true }).models;
  if (!model) throw new Error("There is one.");
  return model;
}

describe("the prices of OpenRouter's list", () => {
  const sizes = ["1280x720", "1920x1080", "2160x3840"];

  // The names are those that GET /videos/models has; the documentation has others.
  it.each<[string, object, Record<string, number> | undefined]>([
    ["dollars a second", { duration_seconds: "0.1" }, { "*": 0.1 }],
    ["cents a second", { cents_per_second_output: "12" }, { "*": 0.12 }],
    [
      "cents by resolution",
      { cents_per_video_output_second_480p: "2", cents_per_video_output_second_720p: "3" },
      { "*": 0.03, "1280x720": 0.03 },
    ],
    [
      "dollars by resolution: the highest where the resolution is not known",
      { duration_seconds_480p: "0.05", duration_seconds_720p: "0.1", duration_seconds_1080p: "0.2" },
      { "*": 0.2, "1280x720": 0.1, "1920x1080": 0.2 },
    ],
    [
      "with sound, which is there where it can be",
      {
        duration_seconds_without_audio: "0.2",
        duration_seconds_with_audio: "0.4",
        duration_seconds_with_audio_720p: "0.3",
        duration_seconds_with_audio_4k: "0.6",
      },
      { "*": 0.4, "1280x720": 0.3, "2160x3840": 0.6 },
    ],
    [
      "with sound, also where silence alone is priced by resolution",
      {
        duration_seconds: "0.112",
        duration_seconds_with_audio: "0.168",
        text_to_video_duration_seconds_720p: "0.112",
      },
      { "*": 0.168 },
    ],
    [
      "by sound after the resolution",
      {
        cents_per_video_output_second_720p_with_audio: "10",
        cents_per_video_output_second_720p_without_audio: "5",
      },
      { "*": 0.1, "1280x720": 0.1 },
    ],
    [
      "the dearer of text and picture",
      { text_to_video_duration_seconds_720p: "0.08", image_to_video_duration_seconds_720p: "0.1" },
      { "*": 0.1, "1280x720": 0.1 },
    ],
    [
      "as documented",
      { "per-video-second": "0.50", "per-video-second-1080p": "0.75" },
      { "*": 0.5, "1920x1080": 0.75 },
    ],
    ["numbers", { duration_seconds: 0.1 }, { "*": 0.1 }],
    ["nothing", { duration_seconds: "0" }, { "*": 0 }],
    [
      "what is no second of the result",
      {
        video_tokens: "0.000007",
        cents_per_megapixel_second_precise: "3",
        reference_duration_seconds_480p: "0.02",
        cents_per_second_video_continuation_720p: "41",
        cents_per_image_input: "1",
        minimum_cents_per_generation: "56",
        reference_images: "0.04",
      },
      undefined,
    ],
    ["less than nothing", { duration_seconds: "-1" }, undefined],
    [
      "no number",
      { duration_seconds: "", duration_seconds_720p: "free", duration_seconds_1080p: null },
      undefined,
    ],
    ["no prices", {}, undefined],
  ])("are read: %s", (_, pricing_skus, prices) => {
    const { usdPerSecond } = described({ supported_sizes: sizes, pricing_skus });
    expect(usdPerSecond).toEqual(prices);
  });

  it.each([null, undefined, "0.5", 5, [0.5]])("are none: %j", (pricing_skus) => {
    expect(described({ pricing_skus })).not.toHaveProperty("usdPerSecond");
  });
});
