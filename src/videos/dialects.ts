import {
  durationAsNumber,
  imageAsFile,
  imageAsFirstFrame,
  secondsAsText,
  sizeAsPixels,
  sizeAsResolution,
} from "./create-fields.ts";
import { type Dialect, type DialectName, OPTIONAL_OPERATIONS } from "./dialect.ts";

/** A create as the API's specification has it and as most servers take it. */
const asForm: Dialect["create"] = {
  body: "form",
  seconds: secondsAsText,
  size: sizeAsPixels,
  image: imageAsFile,
};

const common = {
  create: asForm,
  content: {},
  models: "/models",
  servesVideosOnly: false,
} as const satisfies Partial<Dialect>;

/** One entry a server; how tolerantly answers are read is the same for all of them. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  openai: {
    ...common,
    name: "openai",
    label: "OpenAI's API",
    webhooks: "standard",
    has: ["list", "delete", "remix", "edit", "extend", "thumbnail", "spritesheet"],
  },
  "vllm-omni": {
    ...common,
    name: "vllm-omni",
    label: "vLLM-Omni",
    has: ["list", "delete", "cancel"],
    servesVideosOnly: true,
  },
  // Its DELETE answers at once and stops nothing.
  sglang: {
    ...common,
    name: "sglang",
    label: "SGLang",
    has: ["list", "delete"],
    servesVideosOnly: true,
  },
  "tensorrt-llm": {
    ...common,
    name: "tensorrt-llm",
    label: "TensorRT-LLM",
    has: ["list", "delete", "cancel"],
    servesVideosOnly: true,
  },
  // It lists the videos of one provider at a time, and only where that is named.
  litellm: {
    ...common,
    name: "litellm",
    label: "LiteLLM",
    has: ["remix", "edit", "extend"],
  },
  "new-api": {
    ...common,
    name: "new-api",
    label: "new-api",
    has: ["remix"],
  },
  openrouter: {
    ...common,
    name: "openrouter",
    label: "OpenRouter",
    create: { body: "json", seconds: durationAsNumber, size: sizeAsResolution, image: imageAsFirstFrame },
    has: [],
    content: { query: { index: "0" } },
    models: "/videos/models",
    servesVideosOnly: true,
  },
  // Whatever it does not have shows when it is asked for it.
  generic: {
    ...common,
    name: "generic",
    label: "a server of the Videos API",
    webhooks: "standard",
    has: OPTIONAL_OPERATIONS,
  },
};
