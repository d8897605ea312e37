import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ada } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here } from "../../fixtures/bot-scene.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: Date.UTC(2030, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const olga = { actor: { ...ada, id: "olga", name: "Olga" } };

async function scene(options: Parameters<typeof createScene>[0] = {}) {
  const made = await createScene({ operatorIds: ["olga"], ...options });
  return { ...made, page: () => made.text(made.chat.pages.at(-1)?.page.lines) };
}

it("says what is wrong and since when, what makes the videos, and what the process is", async () => {
  const trouble = { says: "The bot cannot write to its store.", since: Date.UTC(2029, 11, 31, 23, 30) };
  const { chat, pass, page } = await scene({
    standing: async () => [{ name: "store", trouble }, { name: "media" }],
  });
  await pass(2 * 3_600_000);
  await chat.command("admin", {}, olga);
  expect(page().split("\n")).toEqual([
    "New videos are taken.",
    "store: The bot cannot write to its store. Since 2029-12-31 23:30 UTC.",
    "media: well",
    "Videos come from a fake.",
    "Showreel 1.2.3, role all, up for 2 hours",
  ]);
});

it("says who waits for their turn, and since when", async () => {
  const { chat, ask, pass, page } = await scene({ maxActive: 1 });
  await ask();
  await pass(60_000);
  await ask();
  await pass(180_000);
  await chat.command("admin", { do: "queue" }, olga);
  expect(page().split("\n")).toEqual([
    "New videos are taken.",
    "Under way: 2 (rendering 1 · posted 1), the oldest for 4 minutes",
    "By platform: web 2",
    "Waiting for their turn: 1, the first for 3 minutes",
    "Waiting for a worker: 0",
    "The backend: asked as fast as there are places",
  ]);
});

it("says who has paused it, to whoever runs it too, and does not know other words", async () => {
  const { chat, page, lastPrivate } = await scene();
  await chat.command("admin", { do: "pause" }, olga);
  expect(page()).toContain("Paused: no new videos are taken since 2030-01-01 00:00 UTC by Olga (web).");
  await chat.ask({ kind: "button", action: "admin", argument: "__proto__" }, { ...olga, destination: here });
  expect(lastPrivate()).toContain("from another version");
});

it("lets a drain end what runs", async () => {
  const { chat, ask, complete, pass, page, newest } = await scene();
  await ask();
  await chat.command("admin", { do: "drain" }, olga);
  expect(page()).toContain("Draining: no new videos are taken");
  await complete();
  await pass(1_000);
  expect((await newest()).phase).toBe("delivered");
});
