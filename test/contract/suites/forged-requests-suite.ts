import { describe, expect, it } from "vitest";
import type { Quote } from "../../../src/jobs/quotes.ts";
import { aJob } from "../../fixtures/jobs.ts";
import { type OperationsHarness, useHarness } from "./operations-harness.ts";

/** What buttons carry behind the id of a job, by their action. */
const ARGUMENTS: readonly [action: string, behind: string][] = [
  ["remix", ""],
  ["edit", ""],
  ["extend", ""],
  ["retry", ""],
  ["again", ""],
  ["delete", ""],
  ["delete", "_sure"],
  ["hide", ""],
  ["hide", "_show"],
  ["star", "_on"],
  ["star", "_off"],
  ["play", "_all"],
  ["info", ""],
  ["thumbnail", ""],
  ["spritesheet", ""],
];

/** The page's server says it without running anything. */
const OUTDATED = /from another version of the bot|no button of this page/;
const NOT_THERE = "There is no video";
const NOT_ASKED = "was answered already";

/** Ids that no button of this bot has, around the id of a real video, and what is said of them. */
const NONSENSE: readonly [id: (jobId: string) => string, words: string | RegExp][] = [
  [(id) => `v2:delete:${id}_sure`, OUTDATED],
  [(id) => `V1:delete:${id}_sure`, OUTDATED],
  [(id) => `v1:delete:${id}_sure:`, OUTDATED],
  [(id) => `v1:delete:${id}_sure\n`, OUTDATED],
  [(id) => `v1:delete:${id}_sure${"a".repeat(64)}`, OUTDATED],
  [(id) => `v1:dеlete:${id}_sure`, OUTDATED],
  [(id) => `v1:delete:${id}\u200d_sure`, OUTDATED],
  [(id) => `v1:DELETE:${id}_sure`, OUTDATED],
  [(id) => `v1:nothing:${id}`, OUTDATED],
  [(id) => `v1:create:${id}`, OUTDATED],
  [(id) => `v1:__proto__:${id}`, OUTDATED],
  [(id) => `v1:constructor:${id}`, OUTDATED],
  [(id) => `v1:tostring:${id}`, OUTDATED],
  [() => "delete", OUTDATED],
  [() => "v1:delete:constructor", `${NOT_THERE} “constructor”`],
  [() => "v1:delete:__proto__", `${NOT_THERE} “”`],
  [() => "v1:delete:..", `${NOT_THERE} “..”`],
  [() => "v1:settings:__proto__", OUTDATED],
  [() => "v1:list:__proto__", "too old to be turned"],
  [() => "v1:gallery:constructor", "too old to be turned"],
  [() => "v1:forget:constructor", "Choose one of"],
];

/** Requests that nobody was offered: other servers' videos, other people's questions, ids of no button. */
export function forgedRequestsSuite(kind: string, start: () => Promise<OperationsHarness>): void {
  describe(`forged requests on ${kind}`, () => {
    const { open, made, says, shows, reach } = useHarness(start);

    const quotes = async () => {
      const collection = open().memory.store.collection<Quote>({ name: "quote", version: 1 });
      return Array.fromAsync(collection.entries());
    };

    /** All that a request could change. */
    async function state(jobIds: readonly string[]) {
      const { bot, memory, channel, messages } = open();
      const { platform, workspace } = channel;
      const history = await bot.jobs.history({ platform, workspace });
      return {
        jobs: await bot.jobs.getMany([...new Set([...jobIds, ...history.map(({ id }) => id)])]),
        videos: memory.videos.all().map(({ id, status }) => `${id} ${status}`),
        stars: await Promise.all(jobIds.map((id) => bot.services.stars.has(id, open().member.id))),
        gallery: (await bot.services.gallery.page(channel, {}, { limit: 5 })).total,
        settings: await bot.services.settings.of({ channel }),
        quotes: await quotes(),
        messages: await messages(),
      };
    }

    it("say of another server's video that there is none, and change nothing", async () => {
      const { bot, member, channel, single } = open();
      await made();
      const foreign = ARGUMENTS.map((_, n) => `foreign${n}x`);
      for (const id of foreign) {
        await bot.jobs.insert(
          aJob({
            id,
            phase: "delivered",
            destination: { ...channel, workspace: "another", channel: "another", message: `m-${id}` },
            // The same person has it there.
            requester: { id: member.id, name: "Bob" },
          }),
        );
      }
      const before = await state(foreign);
      expect(before.jobs).toHaveLength(foreign.length + 1);
      for (const [n, [action, behind]] of ARGUMENTS.entries()) {
        await member.forge(action, `${foreign[n]}${behind}`);
        await says(member, `${NOT_THERE} “${foreign[n]}” here.`);
      }
      // The page says it inside of the form that was sent.
      for (const [name, values] of Object.entries(
        single
          ? {}
          : {
              remix: { prompt: "mine" },
              edit: { prompt: "mine" },
              extend: { prompt: "mine", seconds: "4" },
              status: {},
              download: { variant: "video" },
              retry: {},
            },
      )) {
        const video = `${foreign[0]}${name}`.slice(0, 20);
        await bot.jobs.insert(
          aJob({
            id: video,
            phase: "delivered",
            destination: { ...channel, workspace: "x", message: video },
          }),
        );
        await member.command(name, { video, ...values });
        await says(member, `${NOT_THERE} “${video}” here.`);
      }
      expect(await state(foreign)).toEqual(before);
    });

    it("leave another person's question about a price to them", async () => {
      const { requester, member, single } = open();
      const dear = { prompt: "a kite", model: "sora-2-pro", seconds: "12", size: "1792x1024" };
      await requester.command("create", dear);
      await shows(requester, "This costs about");
      const [[jobId] = [""]] = await quotes();
      if (!single) {
        const before = await state([]);
        for (const answer of ["yes", "no", "constructor"]) {
          await member.forge("info", `none${answer}`);
          await says(member, `none${answer}`);
          await member.forge("confirm", `${jobId}_${answer}`);
          await says(member, NOT_ASKED);
        }
        expect(await state([])).toEqual(before);
      }
      await requester.pressPage("Make it for $6.00");
      await reach(jobId, "rendering");
      await requester.forge("confirm", `${jobId}_yes`);
      await says(requester, NOT_ASKED);
      expect(open().memory.videos.all()).toHaveLength(1);
    });

    it("turn another person's page only as far as they may look themselves", async () => {
      const { bot, moderator, member, single } = open();
      if (single) return expect(moderator).toBe(member);
      await made();
      const query = await bot.services.queries.keep({ by: "server" });
      const before = await state([]);
      await moderator.forge("list", query);
      await shows(moderator, "Videos");
      await member.forge("list", query);
      await says(member, "Only moderators may list every video of this server.");
      expect(await member.page()).toBeUndefined();
      expect(await state([])).toEqual(before);
    });

    it("are told that they are none when they carry what no button does", async () => {
      const { requester } = open();
      const { id } = await made();
      const before = await state([id]);
      for (const [n, [idOf, words]] of NONSENSE.entries()) {
        // What is said last is another thing now.
        await requester.forge("info", `none${n}x`);
        await says(requester, `none${n}x`);
        await requester.carry(idOf(id));
        await expect.poll(() => requester.told(), { message: idOf(id) }).toMatch(words);
      }
      expect(await state([id])).toEqual(before);
    });
  });
}
