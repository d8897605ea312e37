import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Actor } from "../../src/chat/adapter.ts";
import { createFileMediaStore } from "../../src/media/file-media-store.ts";
import { createStore } from "../../src/store/create-store.ts";
import { dialects } from "../../src/videos/dialects.ts";
import { createSimulator } from "../../src/videos/simulator/simulator.ts";
import { createVideosClient } from "../../src/videos/videos-client.ts";
import { createFakeChatAdapter } from "../fakes/fake-chat-adapter.ts";
import { startBot } from "../fixtures/bot.ts";

/**
 * 200 people and 2,000 prompts on the simulator: how long each person's first video waits for its turn, with and without
 * somebody who floods the queue, and as it would be in the order of arrival.
 */
const PEOPLE = 200;
const CHANNELS = 20;
const PROMPTS = 2_000;
const FLOOD = 1_000;
const MAX_ACTIVE = 8;

interface Prompt {
  person: string;
  channel: string;
}

const person = (n: number): Prompt => ({ person: `person${n}`, channel: `channel${n % CHANNELS}` });
const others = Array.from({ length: PEOPLE - 1 }, (_, n) => person(n + 1));
const turns = (people: readonly Prompt[], count: number) =>
  Array.from({ length: count }, (_, n) => people[n % people.length] ?? person(0));

const even = turns([person(0), ...others], PROMPTS);
const flooded = [...turns([person(0)], FLOOD), ...turns(others, PROMPTS - FLOOD)];

/** Runs all of them; resolves to how long each one waited for its turn (ms), in the order in which they were asked for. */
async function run(prompts: readonly Prompt[]): Promise<number[]> {
  const directory = await mkdtemp(join(tmpdir(), "showreel-fairness-"));
  const simulator = await createSimulator({ dataDir: undefined, rendering: "canned", pace: 0 });
  const logger = pino({ level: "silent" });
  const store = await createStore({ url: "memory:" });
  const media = await createFileMediaStore({ directory, maxTotalBytes: 1024 ** 4, logger });
  const dialect = { ...dialects.openai, has: ["list"] as const };
  const videos = createVideosClient({ apiKey: "bench", baseUrl: simulator.baseUrl, dialect: () => dialect });
  const chat = createFakeChatAdapter();
  const bot = await startBot({
    adapter: chat,
    memory: { store, media, videos },
    maxActive: MAX_ACTIVE,
    now: Date.now,
    logger,
  });
  let asking = true;
  const ids: string[] = [];

  async function askAll(): Promise<void> {
    for (const { person: id, channel } of prompts) {
      const actor: Actor = { id, name: id, moderator: false, manager: false, roles: [] };
      const destination = { platform: "web", workspace: "bench", channel } as const;
      await chat.command("create", { prompt: "a paper boat" }, { actor, destination });
      ids.push(chat.messages.at(-1)?.cards[0]?.jobId ?? "");
    }
    asking = false;
  }

  const asked = askAll();
  while (asking || (await bot.jobs.active()).length > 0) {
    await bot.poll();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await asked;
  const jobs = await bot.jobs.getMany(ids);
  await bot.stop();
  await simulator.close();
  await rm(directory, { recursive: true, force: true });
  const delivered = jobs.filter(({ phase }) => phase === "delivered");
  if (delivered.length !== prompts.length)
    throw new Error(`${delivered.length} of ${prompts.length} videos were delivered.`);
  return jobs.map(({ createSentAt = 0, createdAt }) => createSentAt - createdAt);
}

/** How long the first videos of those people waited, in seconds. */
function firsts(prompts: readonly Prompt[], waits: readonly number[], people: readonly Prompt[]): string[] {
  const sorted = people
    .map(({ person: id }) => waits[prompts.findIndex((prompt) => prompt.person === id)] ?? 0)
    .sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return [at(0.5), at(0.95), at(1)].map((ms) => (ms / 1000).toFixed(1));
}

const started = Date.now();
const evenWaits = await run(even);
const floodedWaits = await run(flooded);
// Where nobody is told apart, turns are those of the arrival.
const inOrder = await run(flooded.map((_, n) => ({ person: `stranger${n}`, channel: "one" })));

const rows = [
  ["everybody asks evenly", ...firsts(even, evenWaits, others)],
  [`one asks ${FLOOD} times, then the others`, ...firsts(flooded, floodedWaits, others)],
  ["the same in the order of arrival", ...firsts(flooded, inOrder, others)],
];
console.log(
  `${PEOPLE} people, ${PROMPTS} prompts, ${MAX_ACTIVE} at the backend at once; ${Math.round((Date.now() - started) / 1000)} s in all.`,
);
console.log("Wait of each person's first video, in seconds, without the one who floods:\n");
console.log(`${"".padEnd(40)}${"p50".padStart(8)}${"p95".padStart(8)}${"max".padStart(8)}`);
for (const [name = "", ...cells] of rows)
  console.log(`${name.padEnd(40)}${cells.map((cell) => cell.padStart(8)).join("")}`);
console.log(
  `\nThe one who floods, their first: ${((floodedWaits[0] ?? 0) / 1000).toFixed(1)} s, their last: ${((floodedWaits[FLOOD - 1] ?? 0) / 1000).toFixed(1)} s.`,
);
