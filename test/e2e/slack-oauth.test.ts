import { expect, it, onTestFinished } from "vitest";
import { type BotProcess, settingsFor, startBot } from "../fixtures/bot-process.ts";
import { startSimulator } from "../fixtures/simulator.ts";
import { createInstaller, publicUrl, redirectUrl } from "../fixtures/slack-install.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

it("is installed in a workspace, makes its first video, and is still there after a restart", async () => {
  const slack = await createSlackServer({ teams: ["T1", "T2"], rateLimits: "429" });
  onTestFinished(() => slack.close());
  slack.oauth.redirectUrls = [redirectUrl];
  const { simulator, pass } = await startSimulator({ pace: 1 });
  const settings = {
    ...settingsFor({ folder: temporaryFolder(onTestFinished), baseUrl: simulator.baseUrl }),
    SLACK_CLIENT_ID: slack.oauth.clientId,
    SLACK_CLIENT_SECRET: slack.oauth.clientSecret,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    PUBLIC_URL: publicUrl,
  };
  const general = (team: string) => slack.channel("general", team).messages;
  const makeVideo = async (bot: BotProcess, team: string) => {
    const bob = slack.person("bob", team);
    await bob.slash({ channel: "general", command: "/video", text: "a paper boat" });
    const card = await slack.waitFor(() => general(team)[0], { description: "a card" });
    await bot.logged("video created");
    pass(60_000);
    await slack.waitFor(() => textOf(card).includes("See the video"), { description: "a card with a link" });
    expect(general(team)[1]?.files).toMatchObject([{ mimetype: "video/mp4", status: "complete" }]);
  };

  const bot = await startBot(settings);
  expect(bot.platforms).toEqual(["slack"]);
  slack.connectHttp({ url: `${bot.url}/slack/events` });
  const browser = createInstaller(slack, bot.url);
  expect((await browser.install({ in: "T2", denies: true })).status).toBe(403);
  const { status, text } = await browser.install({ in: "T2" });
  expect(status).toBe(200);
  expect(text).toContain("Showreel is in Workspace 2");
  await makeVideo(bot, "T2");
  expect(await bot.kill("SIGTERM")).toBe(0);

  const again = await startBot(settings);
  slack.connectHttp({ url: `${again.url}/slack/events` });
  await createInstaller(slack, again.url).install({ in: "T1" });
  await makeVideo(again, "T1");
  await again.kill("SIGTERM");
  for (const output of [bot.output(), again.output()]) {
    expect(output).not.toMatch(/xoxb-|code\.secret|paper boat/);
  }
  expect(slack.refused).toEqual([]);
});
