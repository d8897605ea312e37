import { LogLevel, type Logger as SlackLogger } from "@slack/web-api";
import type { Logger } from "pino";

/**
 * Passes what Slack's libraries log on to the bot's log. Their debug lines hold whole payloads, prompts and trigger
 * ids included, so these are dropped.
 */
export function createSlackLogger(logger: Logger): SlackLogger {
  const at =
    (level: "debug" | "warn" | "error") =>
    (...parts: unknown[]) =>
      logger[level]({ library: "slack" }, parts.map(inWords).join(" "));
  return {
    debug: () => {},
    info: at("debug"),
    warn: at("warn"),
    error: at("error"),
    getLevel: () => LogLevel.INFO,
    setLevel: () => {},
    setName: () => {},
  };
}

function inWords(part: unknown): string {
  return part instanceof Error ? part.message : String(part);
}
