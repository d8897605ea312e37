// npm run check:specs -- FOLDER [RECORDED_DIR]: checks what the contract tests sent (recorded in
// RECORD_REQUESTS_DIR during `npm test`) against the official OpenAPI files in FOLDER.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createBodyChecker, type OpenApiDocument, type RecordedBody } from "./body-checker.ts";

const APIS = [
  { spec: "discord.openapi.json", record: "discord.jsonl" },
  { spec: "openai-videos.openapi.json", record: "videos.jsonl" },
];

const [folder, recordedDir = process.env.RECORD_REQUESTS_DIR] = process.argv.slice(2);
if (folder && recordedDir) {
  const allRight = APIS.map(({ spec, record }) =>
    checkApi(join(folder, spec), join(recordedDir, record)),
  ).every(Boolean);
  process.exitCode = allRight ? 0 : 1;
} else {
  console.error("Usage: npm run check:specs -- FOLDER [RECORDED_DIR], or RECORD_REQUESTS_DIR set");
  process.exitCode = 2;
}

/** Prints a line for each operation, then what is wrong; false also where nothing was recorded. */
function checkApi(specFile: string, recordFile: string): boolean {
  const lines = existsSync(recordFile) ? readFileSync(recordFile, "utf8").split("\n").filter(Boolean) : [];
  if (lines.length === 0) {
    console.error(`${recordFile}: nothing was recorded`);
    return false;
  }
  const check = createBodyChecker(JSON.parse(readFileSync(specFile, "utf8")) as OpenApiDocument);
  const counts = new Map<string, { bodies: number; wrong: number }>();
  const errors: string[] = [];
  for (const [index, line] of lines.entries()) {
    const verdict = check(JSON.parse(line) as RecordedBody);
    const count = counts.get(verdict.operation) ?? { bodies: 0, wrong: 0 };
    counts.set(verdict.operation, {
      bodies: count.bodies + 1,
      wrong: count.wrong + Math.sign(verdict.errors.length),
    });
    for (const error of verdict.errors) {
      errors.push(`${recordFile}:${index + 1} ${verdict.operation} ${error}`);
    }
  }
  for (const [operation, { bodies, wrong }] of [...counts].sort()) {
    console.log(`${operation}: ${bodies} bodies, ${wrong} wrong`);
  }
  for (const error of errors) console.error(error);
  return errors.length === 0;
}
