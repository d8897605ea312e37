import { z } from "zod";
import { type FieldError, invalidFormBody } from "./errors.ts";

type Issue = z.core.$ZodIssue;

/** The body as the schema reads it; throws 50035 with Discord's tree of errors when it does not fit. */
export function parseForm<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalidFormBody(parsed.error.issues.flatMap(fieldErrors));
}

/** A string with a length, counted in characters. */
export function text(min: number, max: number) {
  return z.string().min(min).max(max);
}

/** A Discord id. */
export const snowflake = z.string().regex(/^\d{17,20}$/);

function fieldErrors(issue: Issue): FieldError[] {
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    return (issue.errors[0] ?? []).flatMap((inner) =>
      fieldErrors({ ...inner, path: [...issue.path, ...inner.path] }),
    );
  }
  return [{ path: issue.path, ...describe(issue) }];
}

function describe(issue: Issue): { code: string; message: string } {
  switch (issue.code) {
    case "too_big":
      return { code: "BASE_TYPE_MAX_LENGTH", message: `Must be ${issue.maximum} or fewer in length.` };
    case "too_small":
      return { code: "BASE_TYPE_MIN_LENGTH", message: `Must be ${issue.minimum} or more in length.` };
    case "invalid_union":
      return { code: "UNION_TYPE_CHOICES", message: 'Value of field "type" must be one of the known types.' };
    case "invalid_type":
      return issue.message.endsWith("undefined")
        ? { code: "BASE_TYPE_REQUIRED", message: "This field is required" }
        : { code: "BASE_TYPE_BAD_TYPE", message: issue.message };
    case "custom":
      return { code: String(issue.params?.code ?? "BASE_TYPE_CHOICES"), message: issue.message };
    default:
      return { code: "BASE_TYPE_CHOICES", message: issue.message };
  }
}
