import { describe, expect, it } from "vitest";
import { type OperationsHarness, useHarness } from "./operations-harness.ts";

const NOT_HERE = "There is no video";

/** What people do with the videos of a channel, on a platform. */
export function channelOperationsSuite(kind: string, start: () => Promise<OperationsHarness>): void {
  describe(`channels on ${kind}`, () => {
    const { open, newJob, finish, made, says, shows, opens, listed } = useHarness(start);

    it("list: page by page, there and back", async () => {
      const { requester } = open();
      for (let n = 1; n <= 11; n++) {
        await newJob(() => requester.command("create", { prompt: `kite ${n}!` }));
      }
      await requester.command("list");
      await shows(requester, "kite 11!");
      expect((await requester.page())?.text).not.toContain("kite 1!");
      await requester.pressPage("Older");
      await shows(requester, "kite 1!");
      await requester.pressPage("Newer");
      await shows(requester, "kite 11!");
    });

    it("gallery: pictures, pages, play and remix from there, for the one who asks", async () => {
      const harness = open();
      for (let n = 1; n <= 6; n++) await made(`kite ${n}!`);
      const { member } = harness;
      const before = (await harness.messages()).length;
      await member.command("gallery");
      await shows(member, "kite 6!");
      await expect.poll(async () => (await member.page())?.pictures).toBe(5);
      expect((await member.page())?.text).not.toContain("kite 1!");
      await member.pressPage("More");
      await shows(member, "kite 1!");
      await member.pressPage("Back");
      await shows(member, "kite 6!");
      await member.pressPage("Remix", 1);
      await opens(member, ["prompt"]);
      await finish((await newJob(() => member.submit({ prompt: "at night" }))).id);
      expect((await harness.messages()).length).toBeGreaterThan(before);
      await member.command("gallery", { search: "KITE", sort: "oldest" });
      await shows(member, "kite 1!");
      await member.pressPage("Play");
      await shows(member, "AI-generated");
    });

    it("gallery: stars count, and what is hidden or deleted by hand is gone", async () => {
      const harness = open();
      const { id } = await made();
      const { member, moderator, channel } = harness;
      const stars = async () => (await harness.bot.services.gallery.get(channel, id))?.stars;
      if (member.star) await member.star();
      else await member.forge("star", id);
      await expect.poll(stars).toBe(1);
      if (!harness.single) {
        await member.command("hide", { video: id });
        await says(member, "Only moderators may hide or show this video.");
      }
      await moderator.command("hide", { video: id });
      await expect.poll(listed).toBe(0);
      await moderator.command("hide", { video: id });
      await expect.poll(stars).toBe(1);
      await moderator.remove?.();
      await expect.poll(listed).toBe(moderator.remove ? 0 : 1);
    });

    it("settings: one's own in a form, the channel's for moderators", async () => {
      const harness = open();
      const { requester } = harness;
      await requester.command("settings");
      await shows(requester, "Settings");
      await requester.pressPage("Change mine");
      await opens(requester, ["model", "seconds", "size", "ping", "spoiler"]);
      await requester.submit({ seconds: "8", ping: "none" });
      await shows(requester, "8 seconds");
      expect((await made()).request).toMatchObject({ seconds: "8" });
      if (harness.single) return;
      await harness.member.command("settings", { for: "channel", create: "moderators" });
      await says(harness.member, "Only moderators may change this channel's settings.");
      await harness.moderator.command("settings", { for: "channel", create: "moderators" });
      await shows(harness.moderator, "Saved.");
      await requester.command("create", { prompt: "a boat" });
      await says(requester, "Only moderators may make videos in this channel.");
    });

    it("usage: one's own, the channel's, and the server's for moderators", async () => {
      const harness = open();
      const { requester, member, moderator } = harness;
      await made();
      await requester.command("usage");
      await shows(requester, "What you have used");
      await shows(requester, "1 video · 4 s · about $0.40");
      await requester.pressPage("This channel");
      await shows(requester, "What this channel has used");
      await moderator.command("usage", { of: "server" });
      await shows(moderator, "What this server has used");
      if (harness.single) return;
      await member.command("usage", { of: "server" });
      await says(member, "Only moderators may see what this whole server has used.");
      await member.command("usage");
      await expect.poll(async () => (await member.page())?.buttons).toEqual(["This channel"]);
    });

    it("an expensive video: its price first, then made or left as whoever asked says", async () => {
      const { requester, bot, channel } = open();
      const dear = { model: "sora-2-pro", seconds: "12", size: "1024x1792" };
      await requester.command("create", { prompt: "a kite", ...dear });
      await shows(requester, "This costs about $6.00");
      await requester.pressPage("Cancel");
      await shows(requester, "Nothing was made, nothing was billed.");
      await requester.command("create", { prompt: "a boat", ...dear });
      await shows(requester, "a boat");
      const job = await newJob(() => requester.pressPage("Make it for $6.00"));
      expect(job.request).toMatchObject({ prompt: "a boat", ...dear });
      const { platform, workspace, channel: name } = channel;
      expect(await bot.jobs.history({ platform, workspace, channel: name })).toHaveLength(1);
    });

    it("limits: for all to see, set in a form, and they hold", async () => {
      const harness = open();
      const { requester, member, moderator } = harness;
      await moderator.command("limits");
      await shows(moderator, "Limits");
      await moderator.pressPage("This channel");
      const fields = ["videos", "seconds", "usd_day", "usd_month", "running"];
      // Discord's forms hold five.
      await expect.poll(async () => (await moderator.form())?.slice(0, 5)).toEqual(fields);
      await moderator.submit({ videos: "1", usd_day: "2.5" });
      await shows(moderator, "videos a day 1 · dollars a day $2.50");
      await newJob(() => requester.command("create", { prompt: "a kite" }));
      await requester.command("create", { prompt: "a boat" });
      // The playground says it in the form itself.
      if (!harness.single) await says(requester, "This channel's limit of videos a day is 1");
      const { platform, workspace, channel } = harness.channel;
      expect(await harness.bot.jobs.history({ platform, workspace, channel })).toHaveLength(1);
      await moderator.command("limits");
      await moderator.pressPage("This channel");
      await expect.poll(async () => (await moderator.form())?.slice(0, 5)).toEqual(fields);
      await moderator.submit({ videos: "0" });
      await shows(moderator, "Saved.");
      await newJob(() => requester.command("create", { prompt: "a boat" }));
      if (harness.single) return;
      await member.command("limits");
      await shows(member, "dollars a day $2.50");
      await member.forge("limits", "channel");
      await says(member, "Only moderators may change this channel's limits.");
    });

    it("forget: erases one's own, after asking", async () => {
      const harness = open();
      const { requester } = harness;
      const { id } = await made();
      await requester.command("forget");
      await shows(requester, "1 video");
      await requester.pressPage("Forget you");
      await shows(requester, "Erased: 1 video");
      expect(await harness.bot.jobs.get(id)).toBeUndefined();
      expect(await listed()).toBe(0);
    });

    it("strangers from another server get nowhere, by id and by forged button", async () => {
      const harness = open();
      const { stranger } = harness;
      if (!stranger) return expect(harness.channel.platform).toBe("web");
      const { id } = await made();
      const calls = { ...harness.memory.videos.calls };
      for (const [name, rest] of Object.entries({
        info: {},
        status: {},
        retry: {},
        delete: {},
        hide: {},
        download: { variant: "video" },
        remix: { prompt: "x" },
        edit: { prompt: "x" },
        extend: { prompt: "x" },
      })) {
        await stranger.command(name, { video: id, ...rest });
        await says(stranger, `${NOT_HERE} “${id}” here.`);
      }
      for (const action of ["remix", "again", "info", "play", "star", "thumbnail", "delete", "hide"]) {
        await stranger.forge(action, id);
        await says(stranger, `${NOT_HERE} “${id}” here.`);
      }
      await stranger.command("gallery");
      await shows(stranger, "No videos");
      expect(harness.memory.videos.calls).toEqual(calls);
      expect((await harness.bot.jobs.get(id))?.phase).toBe("delivered");
    });
  });
}
