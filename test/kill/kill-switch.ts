/**
 * Given to the bot's process by `--import`: counts its effects where they leave it, writes each into the file KILL_TRACE,
 * and kills the process by SIGKILL at the one that KILL_POINT names ("create during 2"). CLOCK_AHEAD_MS moves its clock,
 * as if that long had passed since the machine stopped. The bot itself knows nothing of this.
 */
import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { effectOfRequest, effectOfWrite, type When } from "./points.ts";

const { KILL_TRACE: trace = "", KILL_POINT: wanted = "", CLOCK_AHEAD_MS: ahead = "0" } = process.env;
const counts = new Map<string, number>();

function pass(kind: string, when: When): void {
  const moment = `${kind} ${when}`;
  const nth = (counts.get(moment) ?? 0) + 1;
  counts.set(moment, nth);
  const point = `${moment} ${nth}`;
  appendFileSync(trace, `${point === wanted ? "killed " : ""}${point}\n`);
  if (point === wanted) process.kill(process.pid, "SIGKILL");
}

function moveClock(): void {
  const now = Date.now;
  Date.now = () => now() + Number(ahead);
}

/** What is written in one transaction is one effect of each kind that is in it. */
function watchStore(): void {
  const written = new Set<string>();
  const { prepare } = DatabaseSync.prototype;

  function watch(statement: StatementSync, act: (run: () => unknown, parameters: unknown) => unknown): void {
    const { run } = statement;
    Object.defineProperty(statement, "run", {
      value: (...parameters: unknown[]) =>
        act(() => Reflect.apply(run, statement, parameters), parameters[0]),
    });
  }

  DatabaseSync.prototype.prepare = function (sql, ...options) {
    const statement = prepare.call(this, sql, ...options);
    if (/^(INSERT|UPDATE|DELETE)\b/.test(sql)) {
      watch(statement, (run, parameters) => {
        const kind = effectOfWrite(parameters);
        if (kind !== undefined) written.add(kind);
        return run();
      });
    }
    if (sql === "COMMIT") {
      watch(statement, (run) => {
        const kinds = [...written];
        written.clear();
        for (const kind of kinds) pass(kind, "before");
        const result = run();
        for (const kind of kinds) pass(kind, "after");
        return result;
      });
    }
    return statement;
  };
}

function watchFiles(): void {
  const { rename } = promises;
  promises.rename = async (from, to) => {
    pass("rename", "before");
    await rename(from, to);
    pass("rename", "after");
  };
  syncBuiltinESMExports();
}

/** Node's own fetch, discord.js and Slack's client all send by undici. */
function watchRequests(): void {
  const on = (name: string, whenOf: (kind: string) => When | undefined) =>
    subscribe(`undici:request:${name}`, (message) => {
      if (typeof message !== "object" || message === null || !("request" in message)) return;
      const { request } = message;
      if (typeof request !== "object" || request === null) return;
      if (!("method" in request && "path" in request && "headers" in request)) return;
      const { method, path, headers } = request;
      const body = "body" in request ? request.body : undefined;
      const kind = effectOfRequest({ method: String(method), path: String(path), headers, body });
      const when = kind && whenOf(kind);
      if (kind && when) pass(kind, when);
    });
  on("create", () => "before");
  // A download is on the wire for as long as its bytes come.
  on("bodySent", (kind) => (kind === "download" ? undefined : "during"));
  on("headers", (kind) => (kind === "download" ? "during" : "after"));
  on("trailers", (kind) => (kind === "download" ? "after" : undefined));
}

if (trace !== "") {
  moveClock();
  watchStore();
  watchFiles();
  watchRequests();
}
