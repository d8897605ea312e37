import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { ApiError } from "./api-error.ts";
import { pictureReference } from "./requests.ts";
import type { Video } from "./video-library.ts";

/** A create as every server means it. */
export interface Wish {
  prompt: string;
  model: string;
  seconds: string;
  size: string;
  input_reference?: z.infer<typeof pictureReference> | undefined;
}

/** An answer with an error status. */
export interface ErrorAnswer {
  status: ContentfulStatusCode;
  body: object | string;
}

/** What some servers have and others do not. */
export type Route = "list" | "delete" | "remix" | "edit" | "extend" | "characters";

/** How one kind of server speaks the Videos API, from its own side. */
export interface ServerDialect {
  /** Entries of the list of its models, and where that is. */
  models: { path: "/models" | "/videos/models"; entries: readonly object[] };
  /** Of every answer. */
  headers?: Record<string, string>;
  /** The title of the description that servers built on FastAPI publish. */
  title?: string;
  has: readonly Route[];
  create: {
    bodies: readonly ("form" | "json")[];
    body: z.ZodType<Wish>;
    status: 200 | 202;
    /** Whether a picture has to have the clip's size. */
    exactPicture: boolean;
  };
  /** Its form of a video's id, and back. */
  ids: { out(id: string): string; in(id: string): string };
  /** A video as it shows it. @param origin the server's own address. */
  show(video: Video, origin: string): object;
  page(videos: object[], more: boolean): object;
  /** Some show all that they have, whatever is asked for. */
  pages: boolean;
  /** What DELETE does to a video in the making. */
  deletesRunning: boolean;
  deleted(id: string, video: object): object;
  /** The status with which it answers for a failed video. */
  failedStatus(video: Video): ContentfulStatusCode;
  content: {
    /** The statuses for one that is not finished, and for one that failed. */
    pending: ContentfulStatusCode;
    failed: ContentfulStatusCode;
    variants: boolean;
    /** How the bytes come: by themselves, behind a redirect, or at an address that the video names. */
    by: "bytes" | "redirect" | "link";
  };
  /** A refusal in its words. */
  refuse(error: ApiError): ErrorAnswer;
  /** What it says of an address that it does not have. */
  noRoute(method: string, path: string): ErrorAnswer;
  /** Whether it forgets its videos when it is restarted. */
  forgets: boolean;
}

/** A length as a number or as text, in whole seconds. */
export const anySeconds = z
  .union([z.string().regex(/^\d{1,2}(\.0)?$/), z.number()])
  .transform(Number)
  .refine((seconds) => Number.isInteger(seconds) && seconds >= 1 && seconds <= 20, "must be 1 to 20")
  .transform(String);

/** Any size that can be rendered. */
const anySize = z.string().regex(/^[1-9]\d{1,2}[02468]x[1-9]\d{1,2}[02468]$/, "must look like 832x480");

/** What servers of open models take besides; as text in a form. */
const extras = {
  seed: z.coerce.number().int().optional(),
  negative_prompt: z.string().optional(),
  guidance_scale: z.coerce.number().optional(),
  num_inference_steps: z.coerce.number().int().optional(),
  fps: z.coerce.number().int().optional(),
  num_frames: z.coerce.number().int().optional(),
};

export const promptText = z
  .string()
  .max(32_000)
  .refine((text) => text.trim() !== "", "must not be empty");

/** The body that servers of one's own models take: any size, any length, the model left out where there is one alone. */
export function openBody(models: readonly string[], size: string): z.ZodType<Wish> {
  return z
    .strictObject({
      prompt: promptText,
      model: z.enum([...models] as [string, ...string[]]).default(models[0] ?? ""),
      seconds: anySeconds.default("4"),
      size: anySize.default(size),
      input_reference: pictureReference.optional(),
      ...extras,
    })
    .transform(({ prompt, model, seconds, size: wanted, input_reference }) => ({
      prompt,
      model,
      seconds,
      size: wanted,
      ...(input_reference && { input_reference }),
    }));
}
