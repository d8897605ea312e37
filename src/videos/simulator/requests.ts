import type { Context } from "hono";
import { z } from "zod";
import { ApiError } from "./api-error.ts";

/** What each model made: sora-2 the 720p sizes alone (vendor's documentation). */
const sizesOf: Readonly<Record<string, readonly string[]>> = {
  "sora-2": ["720x1280", "1280x720"],
  "sora-2-pro": ["720x1280", "1280x720", "1024x1792", "1792x1024"],
};

/** Every size that some model makes. */
export const allSizes = ["720x1280", "1280x720", "1024x1792", "1792x1024"] as const;

/** Longest clip in seconds that extensions may add up to. */
const longestClip = 120;

const prompt = z
  .string()
  .max(32_000)
  .refine((text) => text.trim() !== "", "must not be empty");
const file = z.instanceof(File, { error: "must be a file" });
const videoSource = z.union([file, z.strictObject({ id: z.string() })], {
  error: "must be a file or an object with an id",
});

/** A still picture to start from: a file, or an object that names one. */
export const pictureReference = z.union(
  [file, z.strictObject({ image_url: z.string().optional(), file_id: z.string().optional() })],
  { error: "must be a file or an object with an image_url" },
);

export const createBody = z
  .strictObject({
    prompt,
    // Dated snapshots of the models are taken for the models themselves.
    model: z
      .string()
      .regex(/^sora-2(-pro)?(-\d{4}-\d{2}-\d{2})?$/, "must be sora-2 or sora-2-pro")
      .default("sora-2"),
    seconds: z.enum(["4", "8", "12"]).default("4"),
    size: z.enum(allSizes).default("720x1280"),
    input_reference: pictureReference.optional(),
  })
  .superRefine(({ model, size }, context) => {
    const made = sizesOf[model.replace(/-\d.{9}$/, "")];
    if (!made?.includes(size)) {
      context.addIssue({ code: "custom", path: ["size"], message: `${model} makes ${made?.join(" and ")}` });
    }
  });

export const remixBody = z.strictObject({ prompt });
export const editBody = z.strictObject({ prompt, video: videoSource });
export const extendBody = z.strictObject({
  prompt,
  video: videoSource,
  seconds: z.enum(["4", "8", "12", "16", "20"]),
});
export const characterBody = z.strictObject({ name: z.string().min(1).max(80), video: file });
export const listQuery = z.object({
  limit: z.coerce.number().int().min(0).max(100).default(20),
  order: z.enum(["asc", "desc"]).default("desc"),
  after: z.string().optional(),
});
export const contentQuery = z.object({
  variant: z.enum(["video", "thumbnail", "spritesheet"]).default("video"),
});

/** The length of a video after an extension. @throws ApiError 400 when it would be too long. */
export function extendedSeconds(seconds: number, step: string): number {
  const total = seconds + Number(step);
  if (total <= longestClip) return total;
  const message = `The extended video would be ${total} seconds long; the most is ${longestClip}.`;
  throw new ApiError(message, { param: "seconds", code: "invalid_value" });
}

/** Checks a value from a request. @throws ApiError 400 that names the first thing wrong with it. */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    throw new ApiError(`Unknown parameter: '${key}'.`, { param: key, code: "unknown_parameter" });
  }
  const param = issue?.path.join(".") ?? "";
  throw new ApiError(`Invalid value for '${param}': ${issue?.message}.`, { param, code: "invalid_value" });
}

/** Reads and checks a body, multipart or JSON alike unless a server takes one of them alone. @throws ApiError 400, 415. */
export async function readBody<T extends z.ZodType>(
  c: Context,
  schema: T,
  bodies: readonly ("form" | "json")[] = ["form", "json"],
): Promise<z.infer<T>> {
  const multipart = c.req.header("content-type")?.startsWith("multipart/form-data") ?? false;
  if (!bodies.includes(multipart ? "form" : "json"))
    throw new ApiError("The body has to be of another type.", {
      status: 415,
      code: "unsupported_media_type",
    });
  const body: unknown = await (multipart ? c.req.formData() : c.req.json()).catch(() => {
    throw new ApiError(`The body is no valid ${multipart ? "form" : "JSON"}.`, { code: "invalid_body" });
  });
  return check(schema, body instanceof FormData ? nest(body) : body);
}

/** A form's fields as an object: `video[id]` is the `id` of the object `video`. */
function nest(form: FormData): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [field, value] of form) {
    const [, outer, inner] = /^(\w+)\[(\w+)\]$/.exec(field) ?? [];
    if (outer === undefined || inner === undefined) body[field] = value;
    else body[outer] = { ...Object(body[outer]), [inner]: value };
  }
  return body;
}
