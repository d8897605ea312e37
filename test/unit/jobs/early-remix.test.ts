import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createScene } from "../../fixtures/bot-scene.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

it("a video can be remixed from the moment people see it, before its delivery is written down", async () => {
  const { ask, complete, chat, pass, newest, text, bot } = await createScene();
  const parent = await ask();
  chat.loseAnswer("deliver");
  await complete();
  expect(await bot.jobs.get(parent.id)).toMatchObject({ phase: "delivering" });
  const cardsShown = chat.messages[0]?.cards.length;

  await pass(1);
  await chat.press("Remix");
  await chat.submit({ prompt: "at night" });
  await pass(0);
  expect((await newest()).request).toMatchObject({ operation: "remix", parentJobId: parent.id });
  // Nothing takes the video out of the card while its delivery is under way.
  expect(chat.messages[0]?.cards).toHaveLength(cardsShown ?? 0);

  await pass(60_000);
  expect(await bot.jobs.get(parent.id)).toMatchObject({ phase: "delivered" });
  expect(text(chat.messages[0]?.cards.at(-1)?.lines)).toContain("Remixed once");
  expect(chat.messages[0]?.cards.at(-1)).toMatchObject({ kind: "final", tone: "good" });
});
