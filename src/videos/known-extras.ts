import type { ModelExtra } from "./catalog.ts";

/**
 * Parameters that servers of video models have besides the API's own (vLLM-Omni, SGLang, TensorRT-LLM, OpenRouter), for
 * catalogues that name them and say no more.
 */
export const KNOWN_EXTRAS: readonly ModelExtra[] = [
  {
    name: "seed",
    description: "The same number makes the same video again",
    type: "number",
    min: 0,
    max: 4_294_967_295,
    integer: true,
  },
  {
    name: "negative_prompt",
    description: "What the video should not show",
    type: "text",
    maxLength: 1_000,
  },
  {
    name: "guidance_scale",
    description: "How closely it follows the prompt",
    type: "number",
    min: 0,
    max: 30,
  },
  {
    name: "num_inference_steps",
    description: "More steps take longer and look better",
    type: "number",
    min: 1,
    max: 200,
    integer: true,
  },
  { name: "fps", description: "Frames a second", type: "number", min: 1, max: 60, integer: true },
  { name: "num_frames", description: "How many frames", type: "number", min: 1, max: 1_000, integer: true },
];
