import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { readBlockList } from "../../../src/moderation/block-list.ts";
import { createScene } from "../../fixtures/bot-scene.ts";
import { temporaryFolder } from "../../fixtures/temporary-folder.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

async function moderated() {
  const file = join(temporaryFolder(onTestFinished), "block-list.txt");
  await writeFile(file, "dragon\n");
  return createScene({ blockList: await readBlockList(file) });
}

it("what may not be asked for is refused before anything is paid, kept or shown", async () => {
  const { chat, videos, bot, pass, lastPrivate } = await moderated();
  await chat.command("create", { prompt: "a DRAGON over the sea" });
  await pass(0);
  expect(lastPrivate()).toContain("refused by this bot's content rules");
  expect([videos.calls.create, await bot.jobs.active(), chat.messages]).toEqual([0, [], []]);
});

it.each(["remix", "edit"] as const)("so is a %s, and what is allowed is made", async (operation) => {
  const { chat, videos, ask, complete, pass, lastPrivate, newest } = await moderated();
  const job = await ask("a kite");
  await complete();
  await pass(1_000);
  expect(await newest()).toMatchObject({ phase: "delivered" });
  await chat.command(operation, { video: job.id, prompt: "with a dragon" });
  await pass(0);
  expect(lastPrivate()).toContain("content rules");
  expect(videos.all()).toHaveLength(1);
});
