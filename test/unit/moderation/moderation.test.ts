import { describe, expect, it } from "vitest";
import { type Asked, createModeration, type ModerationVerdict } from "../../../src/moderation/moderation.ts";
import { blockListOf } from "../../fixtures/block-lists.ts";
import { serviceOf, startLog } from "../../fixtures/moderation.ts";

const CANARY = "xylophone";
const asked: Asked = { prompt: `a ${CANARY}`, jobId: "job_1", platform: "discord", person: "ada" };
const image = { bytes: Buffer.from("picture"), contentType: "image/png" };
const allowed: ModerationVerdict = { flagged: false, categories: [] };
const lost = "Nothing was made and nothing was spent.";

describe("moderation", () => {
  it("by nobody passes everything and says nothing", async () => {
    const { logger, text } = startLog();
    await expect(createModeration({ logger }).check(asked)).resolves.toBeUndefined();
    expect(text()).toBe("");
  });

  it("passes what nobody minds, and asks about all there is", async () => {
    const { logger, entries } = startLog();
    const { service, questions } = serviceOf(() => allowed);
    const moderation = createModeration({ blockList: await blockListOf(["foo"]), service, logger });
    await moderation.check({ ...asked, negativePrompt: "rain", image });
    expect(questions).toEqual([{ text: asked.prompt, image }, { text: "rain" }]);
    expect(entries()).toEqual([
      expect.objectContaining({
        level: 30,
        jobId: "job_1",
        platform: "discord",
        person: "ada",
        decision: "allowed",
        by: "openai",
      }),
    ]);
  });

  it("does not ask a service about what the block list refuses", async () => {
    const { logger, entries } = startLog();
    const { service, questions } = serviceOf(() => allowed);
    const moderation = createModeration({ blockList: await blockListOf(["", CANARY]), service, logger });
    await expect(moderation.check(asked)).rejects.toMatchObject({
      name: "UserError",
      code: "moderated",
      option: "prompt",
      message: `This prompt was refused by this bot's content rules. ${lost} Word it differently.`,
    });
    expect(questions).toEqual([]);
    expect(entries()).toMatchObject([{ decision: "refused", by: "block list", part: "prompt", line: 2 }]);
  });

  it.each<[string, Partial<Asked>, string[], string]>([
    [
      "by its categories",
      {},
      ["violence", "self-harm/intent", "self-harm"],
      `This prompt was refused by this bot's content rules (violence, self-harm). ${lost} Word it differently.`,
    ],
    [
      "without any",
      {},
      [],
      `This prompt was refused by this bot's content rules. ${lost} Word it differently.`,
    ],
    [
      "by another service's categories",
      {},
      ["weapons/how_to"],
      `This prompt was refused by this bot's content rules (weapons how to). ${lost} Word it differently.`,
    ],
    [
      "with a picture",
      { image },
      ["sexual"],
      `This prompt, or the picture with it, was refused by this bot's content rules (sexual content). ${lost} Word it differently, or choose another picture.`,
    ],
    [
      "for what it is to leave out",
      { prompt: "a boat", negativePrompt: CANARY },
      ["hate"],
      `This negative prompt was refused by this bot's content rules (hate). ${lost} Word it differently.`,
    ],
  ])("refuses what a service flags, %s", async (_, more, categories, message) => {
    const { logger, entries } = startLog();
    const { service } = serviceOf((text) =>
      text.includes(CANARY) ? { flagged: true, categories } : allowed,
    );
    const checked = createModeration({ service, logger }).check({ ...asked, ...more });
    await expect(checked).rejects.toMatchObject({ code: "moderated", option: "prompt", message });
    expect(entries()).toMatchObject([{ level: 30, decision: "refused", by: "openai", categories }]);
  });

  it("refuses a negative prompt by the block list", async () => {
    const { logger } = startLog();
    const moderation = createModeration({ blockList: await blockListOf(["foo"]), logger });
    const checked = moderation.check({ ...asked, negativePrompt: "no foo" });
    await expect(checked).rejects.toThrow("This negative prompt was refused");
  });

  it("passes what the block list alone passes", async () => {
    const { logger, entries } = startLog();
    await createModeration({ blockList: await blockListOf(["foo"]), logger }).check(asked);
    expect(entries()).toMatchObject([{ decision: "allowed", by: "block list" }]);
  });
});
