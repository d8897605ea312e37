import type { InputReference } from "./videos-client.ts";

/** The servers whose way of speaking the Videos API is known, and `generic` for all others. */
export const DIALECT_NAMES = [
  "openai",
  "vllm-omni",
  "sglang",
  "tensorrt-llm",
  "litellm",
  "new-api",
  "openrouter",
  "generic",
] as const;

export type DialectName = (typeof DIALECT_NAMES)[number];

/** What some backends do not have; `cancel`: a DELETE stops a video that is being made. */
export const OPTIONAL_OPERATIONS = [
  "list",
  "delete",
  "cancel",
  "remix",
  "edit",
  "extend",
  "thumbnail",
  "spritesheet",
] as const;

export type OptionalOperation = (typeof OPTIONAL_OPERATIONS)[number];

/** Some fields of the body of a create. */
export type Fields = Record<string, unknown>;

/** How a server differs from the others: data alone, so that nothing else knows its name. */
export interface Dialect {
  name: DialectName;
  /** As people know it. */
  label: string;
  /** How a create is sent: the length, the size and the picture each as the fields that say it. */
  create: {
    body: "form" | "json";
    seconds(seconds: string): Fields;
    size(size: string): Fields;
    image(image: InputReference): Fields | Promise<Fields>;
  };
  /** What it has of what not all have. */
  has: readonly OptionalOperation[];
  /** Where the bytes of a video are asked for, beside its id. */
  content: { query?: Record<string, string> };
  /** How the webhooks are signed that it sends; absent: it sends none. */
  webhooks?: "standard";
  /** Where its models are listed. */
  models: "/models" | "/videos/models";
  /** Whether every model that it lists makes videos: it serves nothing else. */
  servesVideosOnly: boolean;
}
