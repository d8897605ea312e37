import { describe, expect, it } from "vitest";
import { ServiceError } from "../../../src/errors.ts";
import { type Asked, createModeration, type ModerationVerdict } from "../../../src/moderation/moderation.ts";
import { blockListOf } from "../../fixtures/block-lists.ts";
import { serviceOf, startLog } from "../../fixtures/moderation.ts";

const CANARY = "xylophone";
const asked: Asked = { prompt: `a ${CANARY}`, jobId: "job_1", platform: "discord", person: "ada" };
const allowed: ModerationVerdict = { flagged: false, categories: [] };
const lost = "Nothing was made and nothing was spent.";

describe("what could not be checked", () => {
  const unavailable = { name: "UserError", code: "moderation_unavailable", option: "prompt" };

  it("is refused when the service is away", async () => {
    const { logger, entries } = startLog();
    const { service } = serviceOf((text) => {
      throw new ServiceError("moderation", "http_500", `echo: ${text}`, { retryable: true, requestId: "r1" });
    });
    const checked = createModeration({ service, logger }).check(asked);
    await expect(checked).rejects.toMatchObject({ ...unavailable, message: expect.stringContaining(lost) });
    expect(entries()).toMatchObject([{ level: 40, jobId: "job_1", code: "http_500", requestId: "r1" }]);
  });

  it("is refused when an expression takes too long", async () => {
    const { logger, entries } = startLog();
    const blockList = await blockListOf(["/(?:a|a)+b/"], 50);
    const checked = createModeration({ blockList, logger }).check({ ...asked, prompt: "a".repeat(100) });
    await expect(checked).rejects.toMatchObject(unavailable);
    expect(entries()).toMatchObject([{ level: 40, code: "pattern_too_slow", line: 1 }]);
  });

  it("is refused when it is too long", async () => {
    const { logger } = startLog();
    const { service, questions } = serviceOf(() => allowed);
    const checked = createModeration({ service, logger }).check({ ...asked, prompt: "a".repeat(32_001) });
    await expect(checked).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining("32000"),
    });
    expect(questions).toEqual([]);
  });
});

it("the log holds every decision and never what was asked", async () => {
  const { logger, entries, text } = startLog();
  const echo = (said: string): ModerationVerdict => {
    throw new ServiceError("moderation", "http_422", said, { retryable: false, cause: new Error(said) });
  };
  const services = [() => allowed, () => ({ flagged: true, categories: ["hate"] }), echo].map(
    (judge) => serviceOf(judge).service,
  );
  const lists = await Promise.all(
    [[CANARY], [`/${CANARY}/`], ["foo"], [`/(?:${CANARY}|x|x)+!/`]].map((l) => blockListOf(l, 50)),
  );
  const slow = CANARY.repeat(2) + "x".repeat(60);
  for (const blockList of [undefined, ...lists]) {
    for (const service of [undefined, ...services]) {
      const moderation = createModeration({ blockList, service, logger });
      for (const prompt of [CANARY, slow, CANARY.repeat(5000)])
        await moderation.check({ ...asked, prompt, negativePrompt: CANARY }).catch(() => {});
    }
  }
  const seen = new Set(entries().map(({ decision, code }) => decision ?? code));
  expect(seen).toEqual(new Set(["allowed", "refused", "http_422", "too_long", "pattern_too_slow"]));
  expect(text()).not.toContain(CANARY);
});
