import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { UserError } from "./errors.ts";

/**
 * Reads a JSON file that a setting names and checks its shape.
 * @throws UserError naming the setting and the file, with all that is wrong in it.
 */
export async function readSettingsFile<T extends z.ZodType>(
  setting: string,
  path: string,
  schema: T,
): Promise<z.infer<T>> {
  const parsed = schema.safeParse(await readJson(setting, path));
  if (parsed.success) return parsed.data;
  throw settingsFileError(setting, path, parsed.error.issues.map(problemOf));
}

/** The error of a file that can be read and does not hold. */
export function settingsFileError(setting: string, path: string, problems: readonly string[]): UserError {
  const lines = [`${setting}: ${path} does not hold:`, ...problems.map((problem) => `  ${problem}`)];
  return new UserError("settings_file", lines.join("\n"));
}

async function readJson(setting: string, path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new UserError("settings_file", `${setting}: the file ${path} cannot be read.`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    throw new UserError("settings_file", `${setting}: ${path} is no valid JSON. ${why}`);
  }
}

/** "models[1].seconds: has more than 100 values" */
function problemOf(issue: z.core.$ZodIssue): string {
  const { path, message } = telling(issue);
  const place = path.reduce<string>(
    (at, part) =>
      typeof part === "number" ? `${at}[${part}]` : at === "" ? String(part) : `${at}.${String(part)}`,
    "",
  );
  return place === "" ? message : `${place}: ${message}`;
}

/** Of several ways to say something, the one that somebody seems to have meant: whose type at least is right. */
function telling(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  if (issue.code !== "invalid_union") return issue;
  const ofType = (issues: readonly z.core.$ZodIssue[]) =>
    !issues.some(({ code, path }) => code === "invalid_type" && path.length === 0);
  const [meant] = issue.errors.find(ofType) ?? [];
  if (!meant) return issue;
  const { path, message } = telling(meant);
  return { path: [...issue.path, ...path], message };
}
