import type { Ask } from "./requests.ts";
import { names } from "./requests.ts";

const WARNING = 40;
/** The signature of an attachment's link. */
const SIGNED_LINK = /[?&]hm=[0-9a-f]/;

/** What a process should not have printed: errors, lines that are no log, secrets, prompts. */
export function logFaults(
  output: string,
  { secrets, asks }: { secrets: readonly string[]; asks: readonly Ask[] },
): string[] {
  return [
    ...linesOf(output).flatMap(({ line, level }) =>
      level === undefined || level > WARNING ? [`it printed ${line}`] : [],
    ),
    ...(secrets.some((secret) => output.includes(secret)) ? ["it printed a secret"] : []),
    ...(SIGNED_LINK.test(output) ? ["it printed a signed link"] : []),
    ...asks.filter((ask) => names(output, ask)).map(({ word }) => `it printed the prompt of ${word}`),
  ];
}

/** The messages of its warnings. */
export function warningsIn(output: string): string[] {
  return linesOf(output).flatMap(({ level, msg }) => (level === WARNING ? [msg] : []));
}

/** The last line of a process that was killed may be cut. */
function linesOf(output: string): { line: string; level: number | undefined; msg: string }[] {
  const lines = output.split("\n").slice(0, -1);
  return lines.filter(Boolean).map((line) => {
    try {
      const { level, msg } = JSON.parse(line);
      return { line, level: Number(level), msg: String(msg) };
    } catch {
      return { line, level: undefined, msg: "" };
    }
  });
}
