import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainText } from "../../../src/chat/rich-text.ts";
import type { Job, Phase } from "../../../src/jobs/job.ts";
import { type JobView, renderJob } from "../../../src/jobs/job-card.ts";
import { aJob } from "../../fixtures/jobs.ts";

const view: JobView = {
  now: 1_030_000,
  typicalMs: undefined,
  parentLink: undefined,
  children: [],
  resultLink: undefined,
  simulated: false,
  waiting: undefined,
  away: false,
  playerLink: undefined,
  modelLabel: "sora-2",
  buttons: [
    { action: "remix", label: "Remix", style: "primary", shows: (job) => job.phase === "delivered" },
    { action: "retry", label: "Retry", style: "secondary", shows: (job) => job.phase === "failed" },
  ],
};
const rendering = (progress?: number, status: "queued" | "in_progress" = "in_progress") =>
  aJob({ phase: "rendering", video: { id: "v", status, ...(progress !== undefined && { progress }) } });
const failed = (code: string, message = "") => aJob({ phase: "failed", failure: { code, message } });
const done = aJob({ phase: "delivered", deliveredAt: 1_065_000, media: { video: { key: "k", bytes: 1 } } });
const lines = (job: Job, change: Partial<JobView> = {}) =>
  renderJob(job, { ...view, ...change }).lines.map(plainText);

describe("a card", () => {
  const phases: Record<Phase, string> = {
    accepted: "Queued progress neutral",
    posted: "Queued progress neutral",
    creating: "Queued progress neutral",
    rendering: "Rendering progress neutral",
    downloading: "Uploading progress neutral",
    delivering: "Uploading progress neutral",
    delivered: "Done in 1 m 05 s final good",
    failing: "Failed final bad",
    failed: "Failed final bad",
    deleting: "Deleted final neutral",
    deleted: "Deleted final neutral",
  };

  it.each(Object.entries(phases))("of a job that is %s says “%s”", (phase, words) => {
    const failure = { code: "x", message: "" };
    const job = { ...done, phase: phase as Phase, ...(words.endsWith("bad") && { failure }) };
    const { title, kind, tone, progress, altText } = renderJob(job, view);
    expect(`${title} ${kind} ${tone}`).toBe(words);
    expect(progress !== undefined).toBe(kind === "progress");
    expect(altText !== undefined).toBe(phase === "delivered");
  });

  it("says who asked for what", () => {
    expect(lines(aJob())).toEqual(["by Ada · sora-2 · 4 s · portrait 720x1280"]);
    const image = { mediaKey: "k", filename: "f", contentType: "c" };
    expect(lines(aJob({ request: { ...aJob().request, operation: "create", image } }))[0]).toContain(
      "from a picture",
    );
  });

  it("links a remix to its parent and counts a parent's remixes", () => {
    const request = { ...aJob().request, operation: "remix", parentJobId: "p1", sourceVideoId: "v" } as const;
    const card = renderJob(aJob({ request }), { ...view, parentLink: "https://chat.example/p1" });
    expect(card.lines).toContainEqual(["Remix of ", { link: "https://chat.example/p1", text: "p1" }]);
    expect(lines(aJob({ request }))).toEqual([expect.stringContaining("(inherited)"), "Remix of p1"]);
    expect(lines({ ...done, remixes: ["a"] })).toContain("Remixed once");
    expect(lines({ ...done, remixes: ["a", "b"] })).toContain("Remixed 2 times");
  });

  it("reports the backend's real progress, and none where there is none", () => {
    expect(renderJob(rendering(40), view).progress).toEqual({
      percent: 40,
      label: "30 s so far, about 45 s left",
    });
    expect(renderJob(rendering(0), view).progress).toEqual({ percent: 0, label: "30 s so far" });
    expect(renderJob(rendering(), { ...view, typicalMs: 90_000 }).progress).toEqual({
      percent: undefined,
      label: "30 s so far, about 1 m 00 s left",
    });
    expect(renderJob(rendering(), { ...view, typicalMs: 20_000 }).progress?.label).toBe("30 s so far");
    expect(renderJob(rendering(3, "queued"), view).title).toBe("Queued");
  });

  it("has the buttons that fit, and its id and origin at its foot", () => {
    const buttonsOf = (job: Job) => renderJob(job, view).buttons.map(({ label }) => label);
    expect(buttonsOf(done)).toEqual(["Remix"]);
    expect(buttonsOf(failed("x"))).toEqual(["Retry"]);
    expect(buttonsOf(rendering(1))).toEqual([]);
    expect(plainText(renderJob(done, { ...view, simulated: true }).footnote)).toBe(
      "Job 0k3v8zq1xw · AI-generated · simulated",
    );
  });

  it("quotes the backend only where that helps to mend it", () => {
    expect(lines(failed("invalid_size", "Only 720x1280 here."))).toContain("“Only 720x1280 here.”");
    expect(lines(failed("moderation_blocked", "policy 7"))).not.toContain("“policy 7”");
  });

  it("stays within what platforms show, whatever was typed or answered", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 3000 });
    fc.assert(
      fc.property(text, text, fc.array(fc.string()), (prompt, message, remixes) => {
        for (const job of [done, failed("x", message)]) {
          const card = renderJob({ ...job, remixes, request: { ...job.request, prompt } }, view);
          const shown = [
            card.title,
            card.prompt,
            plainText(card.footnote),
            ...card.lines.map(plainText),
          ].join("\n");
          expect(Array.from(card.prompt).length).toBeLessThanOrEqual(600);
          expect(Array.from(card.altText ?? "").length).toBeLessThanOrEqual(900);
          expect(Array.from(shown).length).toBeLessThanOrEqual(1500);
          expect(card.lines.flat().every((span) => span !== "")).toBe(true);
        }
      }),
    );
  });
});

describe("the time a job took", () => {
  it.each([
    [-5, "0 s"],
    [1499, "1 s"],
    [59_600, "1 m 00 s"],
    [65_000, "1 m 05 s"],
    [3_599_600, "1 h 00 m"],
    [7_380_000, "2 h 03 m"],
  ])("of %d ms reads %s", (ms, words) => {
    expect(renderJob({ ...done, deliveredAt: done.createdAt + ms }, view).title).toBe(`Done in ${words}`);
  });
});
