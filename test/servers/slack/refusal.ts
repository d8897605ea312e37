import { Refusal } from "../http-server.ts";
import type { JsonObject } from "./json.ts";

/** Slack's way to say no: HTTP 200 with an error word; to be thrown. */
export function refuse(error: string, details: JsonObject = {}): Refusal {
  return new Refusal({ status: 200, body: { ok: false, error, ...details } });
}

/** A refusal that lists what is wrong, as `response_metadata.messages` do. */
export function refuseWith(error: string, problems: readonly string[]): Refusal {
  return refuse(error, {
    errors: problems,
    response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
  });
}
