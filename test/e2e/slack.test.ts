import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import { settingsFor, startBot } from "../fixtures/bot-process.ts";
import { finishedButtons } from "../fixtures/buttons.ts";
import { startSimulator } from "../fixtures/simulator.ts";
import { type SlackMode, slackModes } from "../fixtures/slack-bot.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { buttonsOf, textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";

let slack: SlackServer;

beforeEach(async () => {
  slack = await createSlackServer({ rateLimits: "429" });
});
afterEach(() => slack.close());

/** The settings of a bot that Slack reaches in this way. */
function reachedBy(mode: SlackMode): Record<string, string> {
  const common = { SLACK_BOT_TOKEN: slack.team().botToken, SLACK_API_URL: slack.apiUrl };
  return mode === "HTTP"
    ? { ...common, SLACK_SIGNING_SECRET: slack.signingSecret }
    : { ...common, SLACK_APP_TOKEN: slack.appToken };
}

it.each(slackModes)("does the whole job over %s in a process of its own", async (mode) => {
  const { simulator, client, pass } = await startSimulator({ pace: 1 });
  const folder = temporaryFolder(onTestFinished);
  const bot = await startBot({ ...settingsFor({ folder, baseUrl: simulator.baseUrl }), ...reachedBy(mode) });
  expect(bot.platforms).toEqual(["slack"]);
  if (mode === "HTTP") slack.connectHttp({ url: `${bot.url}/slack/events` });
  const bob = slack.person("bob");
  const general = () => slack.channel("general").messages;
  const videos = () => general().filter(({ files }) => files.length > 0);
  const made = () => client.videos.list().then(({ data }) => data.length);
  /** Resolves to the message at this place, counted from 0. */
  const message = (index: number) =>
    slack.waitFor(() => general()[index], { description: `message ${index}` });

  const command = await bob.slash({ channel: "general", command: "/video", text: "a paper boat" });
  expect(command.ack.ms).toBeLessThan(2_000);
  expect(await command.redeliver()).toMatchObject({ ok: true });
  const card = await message(0);
  await expect.poll(made, { timeout: 10_000 }).toBe(1);
  expect(textOf(card)).toContain("Queued");
  pass(3_000);
  await slack.waitFor(() => /[1-9]\d? %/.test(textOf(card)), { description: "progress" });
  pass(60_000);
  const video = await message(1);
  await slack.waitFor(() => textOf(card).includes("See the video"), { description: "a card with a link" });
  await bot.logged("video delivered");
  expect(video.files).toMatchObject([{ mimetype: "video/mp4", status: "complete" }]);
  expect(video.files[0]?.bytes?.toString("latin1", 4, 8)).toBe("ftyp");
  expect(video.pinged.users).toEqual([bob.user.id]);
  expect(buttonsOf(video).map(({ label }) => label)).toEqual(finishedButtons);

  const view = await (await bob.press(video, "Remix")).openedView();
  expect(JSON.stringify(view.blocks)).toContain('"initial_value":"a paper boat"');
  await bob.submitView(view, { prompt: "a paper boat at night" });
  const remix = await message(2);
  expect(JSON.stringify(remix.blocks)).toContain(`/archives/${card.channel}/p${video.ts.replace(".", "")}`);
  await expect.poll(made, { timeout: 10_000 }).toBe(2);
  pass(60_000);
  await slack.waitFor(() => videos().length === 2 && textOf(remix).includes("See the video"), {
    description: "the remix",
  });
  expect(textOf(card)).toContain("Remixed once");
  const { data } = await client.videos.list();
  expect(data).toMatchObject([{ remixed_from_video_id: data[1]?.id }, { prompt: "a paper boat" }]);
  expect(general()).toHaveLength(4);

  const since = performance.now();
  expect(await bot.kill("SIGTERM")).toBe(0);
  expect(performance.now() - since).toBeLessThan(10_000);
  expect(bot.output()).not.toContain("paper boat");
  expect(slack.rateLimits.exceeded).toEqual([]);
  expect(slack.warnings).toEqual([]);
});
