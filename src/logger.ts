import { type Logger, pino } from "pino";

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
 * Secrets and prompts are redacted.
 */
export async function createLogger(options: { level: string; pretty: boolean }): Promise<Logger> {
  const redact = {
    paths: SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]),
    censor: "[redacted]",
  };
  const settings = { level: options.level, redact, base: null, serializers: { err: describeError } };
  if (!options.pretty) return pino(settings);
  const { default: prettify } = await import("pino-pretty");
  return pino(settings, prettify({ ignore: "pid,hostname,time", singleLine: true, sync: true }));
}

/** What helps to find a bug, without the requests and answers that libraries hang on their errors. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const details = Object.entries(error).filter(([key]) => DETAILS.has(key));
  return {
    name,
    message,
    ...Object.fromEntries(details),
    stack,
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}
