import { Refusal } from "../http-server.ts";

/** Status, JSON error code and message as in Discord's table of error codes. */
const ERRORS = {
  unauthorized: [401, 0, "401: Unauthorized"],
  unknownApplication: [404, 10002, "Unknown Application"],
  unknownChannel: [404, 10003, "Unknown Channel"],
  unknownGuild: [404, 10004, "Unknown Guild"],
  unknownMember: [404, 10007, "Unknown Member"],
  unknownMessage: [404, 10008, "Unknown Message"],
  unknownUser: [404, 10013, "Unknown User"],
  unknownWebhook: [404, 10015, "Unknown Webhook"],
  unknownInteraction: [404, 10062, "Unknown interaction"],
  requestTooLarge: [413, 40005, "Request entity too large"],
  alreadyAcknowledged: [400, 40060, "Interaction has already been acknowledged."],
  missingAccess: [403, 50001, "Missing Access"],
  notTheAuthor: [403, 50005, "Cannot edit a message authored by another user"],
  cannotMessageUser: [403, 50007, "Cannot send messages to this user"],
  emptyMessage: [400, 50006, "Cannot send an empty message"],
  missingPermissions: [403, 50013, "Missing Permissions"],
  invalidWebhookToken: [401, 50027, "Invalid Webhook Token"],
  archivedThread: [400, 50083, "Thread is archived"],
  threadLocked: [400, 160005, "Thread is locked"],
} as const satisfies Record<string, readonly [number, number, string]>;

/** What Discord can refuse, by name. */
export type ErrorName = keyof typeof ERRORS;

/** The refusal to throw from a route. */
export function refusal(name: ErrorName): Refusal {
  const [status, code, message] = ERRORS[name];
  return new Refusal({ status, body: { message, code } });
}

/** One field that Discord finds wrong. */
export interface FieldError {
  path: PropertyKey[];
  code: string;
  message: string;
}

type ErrorTree = { [key: string]: ErrorTree | { code: string; message: string }[] };

/** 400 with code 50035 and its tree of errors: `errors.components.0.label._errors[]`. */
export function invalidFormBody(fields: readonly FieldError[]): Refusal {
  const errors: ErrorTree = {};
  for (const { path, code, message } of fields) {
    let node = errors;
    for (const key of path.map(String)) {
      const next = node[key];
      const child: ErrorTree = next && !Array.isArray(next) ? next : {};
      node[key] = child;
      node = child;
    }
    const found = node._errors;
    node._errors = [...(Array.isArray(found) ? found : []), { code, message }];
  }
  return new Refusal({ status: 400, body: { message: "Invalid Form Body", code: 50035, errors } });
}
