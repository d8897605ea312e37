import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createLabels } from "../../../src/metrics/labels.ts";
import { createPrometheusMetrics } from "../../../src/metrics/prometheus.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";
import { createScene, problem } from "../../fixtures/bot-scene.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function scene(options: Parameters<typeof createScene>[0] = {}) {
  const metrics = createPrometheusMetrics({
    dialect: () => "generic",
    models: () => defaultCatalog.models,
    workWaiting: async () => 7,
    now: Date.now,
  });
  const lines = async () => (await metrics.read()).text.split("\n");
  return {
    ...(await createScene({ ...options, metrics })),
    metrics,
    /** The values whose series begins like that, each with what is left of its name. */
    async values(series: string): Promise<Record<string, number>> {
      const found = (await lines()).filter((line) => line.startsWith(`showreel_${series}`));
      return Object.fromEntries(
        found.map((line) => [
          line.slice(9 + series.length, line.lastIndexOf(" ")),
          Number(line.split(" ").at(-1)),
        ]),
      );
    },
    text: async () => (await lines()).join("\n"),
  };
}

it("counts a video from its request to its delivery, what it cost, and what was asked of whom", async () => {
  const { ask, complete, pass, values, text, chat } = await scene();
  const job = await ask("a secret kite");
  await pass(40_000);
  await complete();
  await pass(1_000);
  expect(await values("jobs_total")).toEqual({ '{platform="web",operation="create"}': 1 });
  expect(await values("jobs_ended_total")).toEqual({
    '{dialect="generic",operation="create",result="delivered",code=""}': 1,
  });
  expect(await values("spend_usd_total")).toEqual({ '{dialect="generic",model="sora-2"}': 0.4 });
  for (const name of ["first_card", "create_wait", "completion", "delivery"])
    expect([name, await values(`${name}_seconds_count`)]).toEqual([name, { "": 1 }]);
  expect((await values("completion_seconds_bucket"))['{le="30"}']).toBe(0);
  expect((await values("completion_seconds_bucket"))['{le="60"}']).toBe(1);
  expect(await values("backend_calls_total")).toMatchObject({
    '{operation="create",status="ok"}': 1,
    '{operation="list",status="ok"}': 1,
    '{operation="download",status="ok"}': 3,
  });
  expect(await values("chat_calls_total")).toMatchObject({
    '{platform="web",kind="reply_card",status="ok"}': 1,
    '{platform="web",kind="deliver",status="ok"}': 1,
  });
  const [video] = chat.messages.flatMap(({ video }) => video ?? []);
  expect((await values("backend_downloaded_bytes_total"))[""]).toBeGreaterThanOrEqual(video?.length ?? 1);
  expect((await values("chat_uploaded_bytes_total"))['{platform="web"}']).toBeGreaterThanOrEqual(
    video?.length ?? 1,
  );
  expect(await values("work_waiting")).toEqual({ "": 7 });
  expect(await text()).toContain("nodejs_eventloop_lag_seconds");
  // Nothing that is somebody's.
  for (const word of ["secret", "kite", "ada", "c1", job.id]) expect(await text()).not.toMatch(`"${word}`);
});

it("tells failures by their code, and what was stopped or deleted", async () => {
  const { ask, chat, pass, complete, videos, values, lastPrivate } = await scene({ canCancel: true });
  videos.refuse("create", problem("moderation_blocked", false));
  await ask();
  videos.refuse("create", problem("A sentence of a backend's, with ada in it.", false));
  await ask();
  videos.refuse("create", problem("rate_limited", true, 1_000));
  const job = await ask();
  await pass(10_000);
  await complete();
  await pass(1_000);
  await chat.command("delete", { video: job.id });
  await chat.pressPage("Delete it");
  await pass(1_000);
  const { id } = await ask();
  await chat.command("delete", { video: id });
  await chat.pressPage("Stop it");
  await pass(1_000);
  expect(lastPrivate()).not.toContain("went wrong");
  const ended = (result: string, code = "") =>
    `{dialect="generic",operation="create",result="${result}",code="${code}"}`;
  expect(await values("jobs_ended_total")).toEqual({
    [ended("failed", "moderation_blocked")]: 1,
    [ended("failed", "other")]: 1,
    [ended("delivered")]: 1,
    [ended("deleted")]: 1,
    [ended("cancelled")]: 1,
  });
  // What the backend never made, and what was stopped, is not charged; the deleted one was.
  expect(await values("spend_usd_total")).toEqual({ '{dialect="generic",model="sora-2"}': 0.4 });
  expect(await values("work_retries_total")).toEqual({ '{service="somewhere",code="rate_limited"}': 1 });
  expect(await values('backend_calls_total{operation="create"')).toMatchObject({
    ',status="moderation_blocked"}': 1,
    ',status="other"}': 1,
    ',status="ok"}': 2,
  });
});

it("tells what became of edits", async () => {
  const { ask, videos, poll, pass, values, chat } = await scene();
  await ask();
  const [video] = videos.all();
  chat.refuse("editCard", problem("rate_limited", true, 2_000));
  videos.move(video?.id ?? "", { status: "in_progress", progress: 30 });
  await poll();
  videos.move(video?.id ?? "", { status: "in_progress", progress: 60 });
  await poll();
  await pass(3_000);
  const outcome = (word: string) => `{platform="web",outcome="${word}"}`;
  const edits = await values("card_edits_total");
  expect(edits[outcome("limited")]).toBe(1);
  expect(edits[outcome("sent")]).toBeGreaterThanOrEqual(1);
  expect(await values("chat_budget_wait_seconds_count")).toMatchObject({ '{priority="first"}': 1 });
});

it("shows the store's jobs by phase, also those phases that none is in", async () => {
  const { ask, bot, metrics, pass, values } = await scene();
  await ask();
  await pass(60_000);
  metrics.activeJobs(await bot.jobs.active());
  expect(await values("jobs_active")).toMatchObject({ '{phase="rendering"}': 1, '{phase="posted"}': 0 });
  expect(await values("jobs_oldest_seconds")).toMatchObject({
    '{phase="rendering"}': 60,
    '{phase="posted"}': 0,
  });
  metrics.activeJobs([]);
  expect(await values("jobs_active")).toMatchObject({ '{phase="rendering"}': 0 });
});

it("takes no more words for one label than anybody can read", () => {
  const labels = createLabels();
  const said = new Set(Array.from({ length: 500 }, (_, n) => labels.of(`code_${n}`)));
  expect(said.size).toBe(61);
  expect(labels.of("code_0")).toBe("code_0");
  expect(labels.of('quoted "words" of somebody')).toBe("other");
});

it("says nothing of the active jobs once another process counts them", async () => {
  const { metrics, values } = await scene();
  metrics.activeJobs([aJob({ phase: "rendering" })]);
  expect((await values("jobs_active"))['{phase="rendering"}']).toBe(1);
  vi.setSystemTime(Date.now() + 31_000);
  expect(await values("jobs_active")).toEqual({});
});
