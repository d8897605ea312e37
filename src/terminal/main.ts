import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApp } from "../app.ts";
import type { ChatRequest, Invocation } from "../chat/adapter.ts";
import { type Line, plainText } from "../chat/rich-text.ts";
import { readConfig, secretsOf } from "../config.ts";
import { loadDotenv } from "../dotenv.ts";
import { createLogger } from "../logger.ts";
import { createTerminalAdapter } from "./adapter.ts";

/** `npm run demo -- "a prompt"`: the whole bot in a terminal, once through: a video, then a remix of it. */
loadDotenv();
const screen = process.stdout;
const prompt = process.argv.slice(2).join(" ").trim() || "a paper boat in the rain";
const scratch = await mkdtemp(join(tmpdir(), "showreel-demo-"));
const { OPENAI_API_KEY, OPENAI_BASE_URL, VIDEO_BACKEND, VIDEO_MODELS } = process.env;
const backend = { OPENAI_API_KEY, OPENAI_BASE_URL, VIDEO_BACKEND, VIDEO_MODELS };
const config = readConfig({
  ...backend,
  STORE_URL: "memory:",
  MEDIA_URL: `file:${join(scratch, "media")}`,
  PORT: "0",
  PLAYGROUND: "0",
  POLL_INTERVAL_MS: backend.OPENAI_BASE_URL ? "5000" : "500",
  LOG_LEVEL: process.env.LOG_LEVEL || "error",
});
const logger = await createLogger({ level: config.LOG_LEVEL, pretty: true, secrets: secretsOf(config) });

let finished = Promise.withResolvers<string | undefined>();
const terminal = createTerminalAdapter({
  screen,
  directory: "demo-out",
  onFinished: (jobId) => finished.resolve(jobId),
});
const app = await createApp({ config, logger, extra: [terminal] });

function print(lines: Line[]): void {
  for (const line of lines) screen.write(`${plainText(line)}\n`);
}

/** Hands a request to the bot as a platform would; resolves to the finished job's id, or to undefined when there is none. */
async function ask(invocation: Invocation): Promise<string | undefined> {
  finished = Promise.withResolvers();
  const request: ChatRequest = {
    id: randomUUID(),
    actor: { id: "you", name: "you", moderator: true, manager: true, roles: [] },
    destination: { platform: "terminal", workspace: "local", channel: "terminal" },
    invocation,
    reply: {
      card: (card) => terminal.postCard(request.destination, card),
      async private({ lines }) {
        print(lines);
        finished.resolve(undefined);
      },
      async page({ title, lines, rows }) {
        print([[title], ...lines, ...rows.flatMap((row) => row.lines)]);
        finished.resolve(undefined);
      },
      async form() {},
    },
  };
  await app.handler.handle(request);
  return finished.promise;
}

await app.start();
const first = await ask({ kind: "command", name: "create", values: { prompt } });
screen.write("\n");
// Not every backend can do that.
const canRemix = app.offer.commands().some(({ name }) => name === "remix");
const second =
  first &&
  canRemix &&
  (await ask({ kind: "command", name: "remix", values: { video: first, prompt: `${prompt}, at night` } }));
await app.stop();
await rm(scratch, { recursive: true, force: true });
process.exit(first && (second || !canRemix) ? 0 : 1);
