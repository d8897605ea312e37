import { describe, expect, it } from "vitest";
import type { Quote } from "../../../src/jobs/quotes.ts";
import { type OperationsHarness, useHarness } from "./operations-harness.ts";

const PAUSED = "No new videos are taken right now: whoever runs this bot has paused it.";

/** What whoever runs the bot does with it on a platform, and what others see of that. */
export function adminOperationsSuite(kind: string, start: () => Promise<OperationsHarness>): void {
  describe(`whoever runs the bot on ${kind}`, () => {
    const { open, newJob, finish, made, reach, says, shows, opens } = useHarness(start);

    it("sees how it is and what is under way", async () => {
      const { operator, requester, channel } = open();
      await operator.command("admin");
      await shows(operator, "How the bot is");
      await shows(operator, "store: well");
      await shows(operator, "Showreel 1.2.3, role all, up for under a minute");
      await shows(operator, "New videos are taken.");
      const { id } = await newJob(() => requester.command("create", { prompt: "a kite" }));
      await reach(id, "rendering");
      await operator.pressPage("Queue");
      await shows(operator, "What is under way");
      await shows(operator, "Under way: 1 (rendering 1)");
      await shows(operator, `By platform: ${channel.platform} 1`);
      await finish(id);
      await operator.pressPage("Refresh");
      await shows(operator, "Under way: 0");
      await operator.pressPage("Health");
      await shows(operator, "store: well");
    });

    it("pauses it: what runs goes on, nothing new is taken in any way, until it is resumed", async () => {
      const { operator, requester, member, bot, memory, channel, single } = open();
      const parent = await made("a boat");
      const running = await newJob(() => requester.command("create", { prompt: "a kite" }));
      await reach(running.id, "rendering");
      const dear = { model: "sora-2-pro", seconds: "12", size: "1024x1792" };
      await requester.command("create", { prompt: "a castle", ...dear });
      await shows(requester, "This costs about $6.00");
      const quotes = memory.store.collection<Quote>({ name: "quote", version: 1 });
      const [[quoted] = [""]] = await Array.fromAsync(quotes.entries());
      await operator.command("admin", { do: "pause" });
      await shows(operator, "Paused: no new videos are taken");
      // The playground says it in the form itself, and has the same person's page in its place.
      if (!single) {
        await requester.command("create", { prompt: "a tower" });
        await says(requester, PAUSED);
        await member.command("remix", { video: parent.id, prompt: "at night" });
        await says(member, PAUSED);
      }
      await requester.forge("confirm", `${quoted}_yes`);
      await says(requester, PAUSED);
      const before = await member.form();
      await member.forge("again", parent.id);
      await says(member, PAUSED);
      await member.press("Remix");
      await says(member, PAUSED);
      await member.forge("retry", parent.id);
      await says(member, PAUSED);
      expect(await member.form()).toEqual(before);
      await finish(running.id);
      const { platform, workspace } = channel;
      expect(await bot.jobs.history({ platform, workspace })).toHaveLength(2);
      await operator.pressPage("Resume");
      await shows(operator, "New videos are taken.");
      await newJob(() => member.forge("retry", parent.id));
      await newJob(() => requester.forge("confirm", `${quoted}_yes`));
      await member.press("Remix");
      await opens(member, ["prompt"]);
    });

    it("drains it, which is a pause that its page tells of", async () => {
      const { operator } = open();
      await operator.command("admin", { do: "queue" });
      await shows(operator, "What is under way");
      await operator.pressPage("Drain");
      await shows(operator, "Draining: no new videos are taken");
      expect((await operator.page())?.buttons).toEqual(["Refresh", "Health", "Resume"]);
      await operator.pressPage("Resume");
      await shows(operator, "New videos are taken.");
    });

    it("is nobody else: the command is theirs alone, by its name, by its buttons and in the help", async () => {
      const { operator, moderator, member, bot, single } = open();
      await operator.command("help");
      await says(operator, "/video admin");
      if (single) return;
      for (const hands of [member, moderator]) {
        await hands.command("admin", { do: "pause" });
        await says(hands, "Only those who run the bot may use this command.");
        await hands.command("help");
        await says(hands, "/video usage");
        expect(await hands.told()).not.toContain("/video admin");
        await hands.forge("admin", "pause");
        await says(hands, "Only those who run the bot may use this command.");
      }
      expect(await bot.services.intake.paused()).toBeUndefined();
    });
  });
}
