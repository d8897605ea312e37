import { pino } from "pino";
import type { Actor } from "../../src/chat/adapter.ts";
import { createGallery } from "../../src/gallery/gallery.ts";
import { isCharged, type Job } from "../../src/jobs/job.ts";
import { createJobStore } from "../../src/jobs/job-store.ts";
import { sumOf, type Totals } from "../../src/spending/account.ts";
import { createSpending, type UsageOf } from "../../src/spending/spending.ts";
import { createStore } from "../../src/store/create-store.ts";
import type { Store } from "../../src/store/store.ts";
import type { World } from "./world.ts";

/** Reads the store with the bot's own code once its process has ended: accounts, galleries, the list of active jobs. */
export async function reckoningFaults(world: World, jobs: readonly Job[]): Promise<string[]> {
  const store = await createStore({ url: world.storeUrl });
  try {
    const active = await createJobStore({ store, now: Date.now }).active();
    return [
      ...active.map(({ id, phase }) => `job ${id} is still ${phase}`),
      ...(await galleryFaults(store, world, jobs)),
      ...(await accountFaults(store, world, jobs)),
    ];
  } finally {
    await store.close();
  }
}

/** Each channel shows its delivered videos, each once, and nothing else. */
async function galleryFaults(store: Store, { platform }: World, jobs: readonly Job[]): Promise<string[]> {
  const gallery = createGallery({ store });
  const faults: string[] = [];
  for (const channel of platform.channels) {
    const at = { platform: platform.name, workspace: platform.workspace, channel };
    const { entries } = await gallery.page(at, {}, { limit: 100 });
    const shown = entries.map(({ id }) => id).sort();
    const wanted = jobs.filter(
      ({ phase, destination }) => phase === "delivered" && destination.channel === channel,
    );
    const expected = wanted.map(({ id }) => id).sort();
    if (shown.join() !== expected.join())
      faults.push(`the gallery of ${channel} shows [${shown}], delivered are [${expected}]`);
  }
  return faults;
}

/** Nothing is reserved any more, and what is counted is what is to be charged, in every scope. */
async function accountFaults(store: Store, { platform }: World, jobs: readonly Job[]): Promise<string[]> {
  const newest = Math.max(...jobs.map(({ createdAt }) => createdAt));
  const spending = createSpending({
    store,
    rules: {},
    operatorIds: [],
    now: () => newest,
    logger: pino({ level: "silent" }),
  });
  const faults: string[] = [];
  async function compare(of: UsageOf, person: string, channel: string, belongs: (job: Job) => boolean) {
    const actor: Actor = { id: person, name: person, moderator: false, manager: false, roles: [] };
    const destination = { platform: platform.name, workspace: platform.workspace, channel };
    const { running, month } = await spending.usage(of, { actor, destination });
    const is = JSON.stringify({ running, ...sumOf(month) });
    const wanted = JSON.stringify({ running: 0, ...chargedFor(jobs.filter(belongs)) });
    if (is !== wanted) faults.push(`usage of ${of} ${person} ${channel} is ${is}, not ${wanted}`);
  }
  const [person = "", channel = ""] = [platform.people[0], platform.channels[0]];
  await compare("bot", person, channel, () => true);
  await compare("server", person, channel, () => true);
  for (const one of platform.channels)
    await compare("channel", person, one, ({ destination }) => destination.channel === one);
  for (const one of platform.people)
    await compare("mine", one, channel, ({ requester }) => requester.id === one);
  return faults;
}

function chargedFor(jobs: readonly Job[]): Totals {
  const charged = jobs.filter(isCharged);
  const sum = (of: (job: Job) => number) => charged.reduce((total, job) => total + of(job), 0);
  return {
    videos: charged.length,
    milliseconds: sum(({ request }) => Number(request.seconds) * 1_000),
    microUsd: sum(({ costUsd = 0 }) => Math.round(costUsd * 1e6)),
  };
}
