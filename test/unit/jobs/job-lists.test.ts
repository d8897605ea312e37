import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ListQuery } from "../../../src/jobs/job-lists.ts";
import { ada, bob, grace } from "../../fakes/fake-chat-adapter.ts";
import { createScene, here, problem } from "../../fixtures/bot-scene.ts";
import { aJob } from "../../fixtures/jobs.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const elsewhere = { ...here, channel: "c2" } as const;

describe("a list", () => {
  it("shows one's own videos, page by page, newer and older", async () => {
    const { chat, ask, text } = await createScene();
    for (let n = 1; n <= 23; n++) await ask(`kite ${n}`);
    await chat.type("another one", { actor: bob });
    await chat.type("list");
    const shown = () => text(chat.pages.at(-1)?.page.lines).match(/kite \d+/g);
    const kites = (from: number, to: number) =>
      Array.from({ length: from - to + 1 }, (_, index) => `kite ${from - index}`);
    const labels = () => chat.pages.at(-1)?.page.buttons.map(({ label }) => label);
    expect([shown(), labels()]).toEqual([kites(23, 14), ["Older"]]);
    await chat.pressPage("Older");
    expect([shown(), labels()]).toEqual([kites(13, 4), ["Newer", "Older"]]);
    await chat.pressPage("Older");
    expect([shown(), labels()]).toEqual([kites(3, 1), ["Newer"]]);
    await chat.pressPage("Newer");
    expect(shown()).toEqual(kites(13, 4));
    expect(chat.pages).toHaveLength(1);
  });

  it("is cut by state and turned by order", async () => {
    const { chat, ask, complete, videos, text } = await createScene();
    await ask("first kite");
    await complete();
    videos.refuse("create", problem("moderation_blocked", false));
    await ask("second kite");
    await ask("third kite");
    const listed = async (line: string) => {
      await chat.type(line);
      return text(chat.pages.at(-1)?.page.lines).match(/\w+ kite/g);
    };
    expect(await listed("list --order oldest")).toEqual(["first kite", "second kite", "third kite"]);
    expect(await listed("list --state finished")).toEqual(["first kite"]);
    expect(await listed("list --state failed")).toEqual(["second kite"]);
    expect(await listed("list --state running")).toEqual(["third kite"]);
  });

  it("of a channel holds everybody's there; of a server is for moderators, without what they may not read", async () => {
    const { chat, ask, complete, pass, text, lastPrivate } = await createScene();
    await ask("ada's kite");
    await complete();
    await pass(1);
    await chat.type("bob's kite", { actor: bob });
    await pass(1);
    await chat.type("far kite", { actor: bob, destination: elsewhere });
    await pass(0);
    const listed = () => text(chat.pages.at(-1)?.page.lines).match(/\S+ kite/g);
    await chat.type("list everyone");
    expect(listed()).toEqual(["bob's kite", "ada's kite"]);
    await chat.type("list Ada", { actor: bob });
    expect(listed()).toEqual(["ada's kite"]);
    await chat.type("list me", { actor: bob });
    expect(listed()).toEqual(["far kite", "bob's kite"]);
    await chat.type("list --by server", { actor: bob });
    expect(lastPrivate()).toBe("Only moderators may list every video of this server.");
    await chat.type("list --by server", { actor: grace });
    expect(listed()).toEqual(["far kite", "bob's kite", "ada's kite"]);
    chat.hide(elsewhere, "grace");
    await chat.type("list --by server", { actor: grace });
    expect(listed()).toEqual(["bob's kite", "ada's kite"]);
    await chat.type("list Nobody");
    expect(lastPrivate()).toContain("Nobody called “Nobody” has made a video in this channel.");
  });

  it("asks the platform once about a channel, and leads back from where nothing is left", async () => {
    const { chat, ask, pass, bot, text } = await createScene();
    const secret = { ...here, channel: "secret" };
    for (let n = 1; n <= 30; n++) {
      await pass(1);
      await chat.type(`secret kite ${n}`, { actor: bob, destination: secret });
    }
    chat.hide(secret, "grace");
    let calls = 0;
    const { canRead } = chat;
    chat.canRead = async (...args) => {
      calls++;
      return canRead(...args);
    };
    await chat.type("list --by server", { actor: grace });
    expect(text(chat.pages.at(-1)?.page.lines)).toBe("There are none.");
    expect(calls).toBeLessThanOrEqual(2);
    const first = await ask("kite 1!");
    for (let n = 2; n <= 11; n++) await ask(`kite ${n}!`);
    await chat.type("list");
    await bot.jobs.erase(first);
    await chat.pressPage("Older");
    expect(text(chat.pages.at(-1)?.page.lines)).toBe("There are none.");
    await chat.pressPage("Newer");
    expect(text(chat.pages.at(-1)?.page.lines).match(/kite \d+!/g)).toHaveLength(10);
  });

  it("shows each job that stays once, in order, however many come and go while it is turned", async () => {
    vi.useRealTimers();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 5 }), { maxLength: 25 }),
        fc.array(fc.record({ add: fc.nat({ max: 30 }), erase: fc.nat({ max: 40 }) }), { maxLength: 6 }),
        fc.constantFrom("newest" as const, "oldest" as const),
        async (times, changes, order) => {
          const { bot } = await createScene();
          const jobs = times.map((createdAt, n) => aJob({ id: `job${n}`, createdAt, phase: "delivered" }));
          for (const job of jobs) await bot.jobs.insert(job);
          const asker = { actor: ada, destination: jobs[0]?.destination ?? here };
          const query: ListQuery = { by: { person: "ada" }, order };
          const gone = new Set<string>();
          const seen: string[] = [];
          let at: string | undefined;
          for (let turn = 0; turn === 0 || at !== undefined; turn++) {
            const page = await bot.services.lists.page(asker, query, { limit: 3, at });
            seen.push(...page.jobs.map(({ id }) => id));
            at = page.next;
            const change = changes[turn];
            if (!change) continue;
            await bot.jobs.insert(aJob({ id: `new${turn}`, createdAt: change.add, phase: "delivered" }));
            const victim = jobs[change.erase % Math.max(1, jobs.length)];
            if (victim) {
              await bot.jobs.erase(victim);
              gone.add(victim.id);
            }
          }
          const stayed = jobs.filter(({ id }) => !gone.has(id)).map(({ id }) => id);
          expect(new Set(seen).size).toBe(seen.length);
          for (const id of stayed) expect(seen).toContain(id);
          const timeOf = new Map(jobs.map(({ id, createdAt }) => [id, createdAt]));
          const ages = seen.flatMap((id) => timeOf.get(id) ?? []);
          expect(ages).toEqual(ages.toSorted((a, b) => (order === "newest" ? b - a : a - b)));
          await bot.stop();
        },
      ),
      { numRuns: 25 },
    );
  });
});
