import { type Logger, pino } from "pino";
import { visibleText } from "./chat/rich-text.ts";
import { logContext } from "./log-context.ts";
import { createRedaction, type Redact } from "./redaction.ts";

export type { Logger };

/** Fields that never reach the log, wherever an object of ours or a library's error carries them. */
const SECRET = [
  "token",
  "authorization",
  "Authorization",
  "apiKey",
  "password",
  "prompt",
  "receipt",
  "trigger_id",
  "response_url",
];

/** What an error of ours or of the system tells besides its message. */
const DETAILS = new Set(["code", "service", "requestId", "retryAfterMs"]);

/**
 * A logger: JSON lines on stdout, or readable lines where `pretty` says that a person looks on.
 * Secrets and prompts are redacted, also what an error quotes of `secrets`, and control characters are left out of errors.
 */
export async function createLogger(options: {
  level: string;
  pretty: boolean;
  secrets?: readonly string[];
}): Promise<Logger> {
  const redactText = createRedaction(options.secrets ?? []);
  const redact = {
    paths: SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]),
    censor: "[redacted]",
  };
  const describe = (error: unknown) => describeError(error, (text) => visibleText(redactText(text)));
  const serializers = { err: describe };
  const settings = { level: options.level, redact, base: null, serializers, mixin: logContext };
  if (!options.pretty) return pino(settings);
  const { default: prettify } = await import("pino-pretty");
  return pino(settings, prettify({ ignore: "pid,hostname,time", singleLine: true, sync: true }));
}

/** What helps to find a bug, without the requests and answers that libraries hang on their errors. */
function describeError(error: unknown, clean: Redact): unknown {
  if (!(error instanceof Error)) return typeof error === "string" ? clean(error) : error;
  const { name, message, stack, cause } = error;
  const details = Object.entries(error).filter(([key]) => DETAILS.has(key));
  return {
    name,
    message: clean(message),
    ...Object.fromEntries(details),
    ...(stack !== undefined && { stack: clean(stack) }),
    ...(cause !== undefined && { cause: describeError(cause, clean) }),
  };
}
