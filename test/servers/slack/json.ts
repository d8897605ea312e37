/** A decoded JSON object of the wire. */
export type JsonObject = Record<string, unknown>;

/** True for a JSON object, false for arrays, null and plain values. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of a list; empty for anything that is no list. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The string at `key`, empty where there is none. */
export function stringIn(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === "string" ? value : "";
}
