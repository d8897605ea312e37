/** An outcome that a prompt asks for, so that people and tests can see every state of a video. */
export interface Fault {
  /** Found anywhere in the prompt, without regard to case. */
  readonly tag: string;
  /** One line for the help text and the README. */
  readonly description: string;
  /** The request is answered with this error and no video is made. */
  readonly refusal?: {
    readonly status: 400 | 429 | 500;
    readonly type: string;
    readonly code: string;
    readonly message: string;
    readonly retryAfterSeconds?: number;
  };
  /** The video stops at this share of its progress (0 to 1) for good: failed with the error, stuck without one. */
  readonly halt?: {
    readonly at: number;
    readonly error?: { readonly code: string; readonly message: string };
  };
  /** How many times longer the video takes. */
  readonly slowness?: number;
  /** Only this share of the finished file (0 to 1) is sent. */
  readonly sent?: number;
  /** The file is there so much later than the video is said to be done (ms). */
  readonly lateMs?: number;
}

/** Every fault there is. */
export const faults: readonly Fault[] = [
  {
    tag: "[moderation]",
    description: "is refused by the content rules at once",
    refusal: {
      status: 400,
      type: "image_generation_user_error",
      code: "moderation_blocked",
      message: "Your request was blocked by our moderation system.",
    },
  },
  {
    tag: "[moderation-late]",
    description: "is refused by the content rules when the video is nearly done",
    halt: {
      at: 0.85,
      error: { code: "moderation_blocked", message: "Your request was blocked by our moderation system." },
    },
  },
  {
    tag: "[fail]",
    description: "fails halfway",
    halt: {
      at: 0.5,
      error: { code: "video_generation_failed", message: "The video could not be generated." },
    },
  },
  { tag: "[slow]", description: "takes ten times as long", slowness: 10 },
  { tag: "[stuck]", description: "stops at 42 % and never ends", halt: { at: 0.42 } },
  { tag: "[broken]", description: "is done, but only half of the file arrives", sent: 0.5 },
  { tag: "[late]", description: "is done a little before its file is there", lateMs: 3_000 },
  {
    tag: "[quota]",
    description: "is refused because the account's money is used up",
    refusal: {
      status: 429,
      type: "insufficient_quota",
      code: "insufficient_quota",
      message: "You exceeded your current quota, please check your plan and billing details.",
    },
  },
  {
    tag: "[busy]",
    description: "is refused because of too many requests, with a time to wait",
    refusal: {
      status: 429,
      type: "requests",
      code: "rate_limit_exceeded",
      message: "Rate limit reached. Please try again in 2s.",
      retryAfterSeconds: 2,
    },
  },
  {
    tag: "[error]",
    description: "meets an error inside the video service",
    refusal: {
      status: 500,
      type: "server_error",
      code: "internal_error",
      message: "The server had an error while processing your request.",
    },
  },
];

/** The first fault of the table that the prompt names. */
export function faultIn(prompt: string): Fault | undefined {
  const text = prompt.toLowerCase();
  return faults.find(({ tag }) => text.includes(tag));
}
