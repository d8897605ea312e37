import { isObject, type JsonObject } from "./json.ts";
import { refuseWith } from "./refusal.ts";

/** The arguments of one Web API call, the same whether they came as a form or as JSON. */
export interface Arguments {
  names: string[];
  /** Undefined where absent or empty. */
  text(name: string): string | undefined;
  /** Refuses with `invalid_arguments` where absent. */
  required(name: string): string;
  number(name: string): number | undefined;
  flag(name: string): boolean;
  /** A list or object, which a form carries as JSON text; refuses with `error` where that is malformed. */
  json(name: string, error?: string): unknown;
}

/** @param payload the decoded body of the request. */
export function readArguments(payload: unknown): Arguments {
  const fields = isObject(payload) ? payload : {};
  function text(name: string): string | undefined {
    const value = fields[name];
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return typeof value === "string" && value !== "" ? value : undefined;
  }
  return {
    names: Object.keys(fields),
    text,
    required: (name) => {
      const value = text(name);
      if (value === undefined) throw refuseWith("invalid_arguments", [`missing required field: ${name}`]);
      return value;
    },
    number: (name) => {
      const value = Number(text(name) ?? Number.NaN);
      return Number.isNaN(value) ? undefined : value;
    },
    flag: (name) => ["true", "1"].includes(text(name) ?? ""),
    json: (name, error = "invalid_arguments") => {
      const value = fields[name];
      if (typeof value !== "string") return value;
      try {
        return JSON.parse(value);
      } catch {
        throw refuseWith(error, [`${name} is not valid JSON`]);
      }
    },
  };
}

/** A request's body as it reads best in a test: JSON fields decoded, the token left out. */
export function decodeBody(payload: unknown): JsonObject {
  if (!isObject(payload)) return {};
  const { token: _secret, ...fields } = payload;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, decodeField(value)]));
}

function decodeField(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
