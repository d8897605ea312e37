import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { logContext } from "../../../src/log-context.ts";
import { bob } from "../../fakes/fake-chat-adapter.ts";
import { createScene, problem } from "../../fixtures/bot-scene.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

type LogLine = { msg: string; jobId?: string; platform?: string; requestId?: string };

async function scene() {
  const lines: LogLine[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const logger = pino({ level: "trace", base: null, mixin: logContext }, { write });
  return { ...(await createScene({ maxActive: 1, logger })), lines };
}

it("names job, platform and request in every line about a job, whoever writes it, also after a restart", async () => {
  const { ask, chat, videos, pass, poll, restart, newest, lines, bot } = await scene();
  // The worker, the queue, the poller and the board each have something to say.
  chat.refuse("reply.card", problem("unavailable", true));
  videos.refuse("create", problem("rate_limited", true, 2_000));
  const job = await ask("a secret kite");
  await pass(10_000);
  chat.refuse("editCard", problem("unavailable", true));
  videos.refuse("list", problem("not_supported", false));
  videos.refuse("retrieve", problem("unavailable", true));
  await poll();
  const restarted = await restart();
  videos.complete(videos.all()[0]?.id ?? "");
  await restarted.poll();
  await pass(5_000);
  expect((await newest()).phase).toBe("delivered");
  const about = lines.filter(({ jobId }) => jobId === job.id);
  for (const line of about) expect(line).toMatchObject({ platform: "web", requestId: job.requestId });
  const said = new Set(about.map(({ msg }) => msg));
  for (const msg of [
    "video asked for",
    "first card not posted by the request's own answer",
    "work on a job failed, trying again",
    "video created",
    "video could not be retrieved, trying again next time",
    "video delivered",
  ])
    expect(said).toContain(msg);
  expect(JSON.stringify(lines)).not.toContain("secret");
  expect(await bot.jobs.get(job.id)).toHaveProperty("requestId");
});

it("takes no line of one job for another's that it gave its turn to", async () => {
  const { ask, chat, videos, pass, bot, complete, lines } = await scene();
  const first = await ask("a kite");
  await pass(1);
  await chat.command("create", { prompt: "a boat" }, { actor: bob });
  await pass(0);
  const [second] = (await bot.jobs.active()).filter(({ id }) => id !== first.id);
  videos.refuse("create", problem("unavailable", true));
  await complete();
  await pass(60_000);
  const about = lines.filter(({ jobId }) => jobId === second?.id);
  expect(about.map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(["work on a job failed, trying again", "video created"]),
  );
  expect(new Set(about.map(({ requestId }) => requestId))).toEqual(new Set([second?.requestId]));
  expect(second?.requestId).not.toBe(first.requestId);
});

it("names the request in the lines about one that comes to nothing", async () => {
  const { chat, lines } = await scene();
  await chat.command("info", { video: "0000000000" });
  const refused = lines.find(({ msg }) => msg === "request refused");
  expect(refused).toMatchObject({ platform: "web", requestId: expect.any(String) });
  expect(refused).not.toHaveProperty("jobId");
});
