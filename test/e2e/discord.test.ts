import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import { settingsFor, startBot } from "../fixtures/bot-process.ts";
import { finishedButtons } from "../fixtures/buttons.ts";
import { startSimulator } from "../fixtures/simulator.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";

let server: DiscordServer;

beforeEach(async () => {
  server = await createDiscordServer({ rateLimits: {} });
});
afterEach(() => server.close());

it("does the whole job on Discord in a process of its own", async () => {
  const { simulator, client, pass } = await startSimulator({ pace: 1 });
  const bot = await startBot({
    ...settingsFor({ folder: temporaryFolder(onTestFinished), baseUrl: simulator.baseUrl }),
    DISCORD_TOKEN: server.token,
    DISCORD_API_URL: server.apiUrl,
  });
  expect(bot).toMatchObject({ platforms: ["discord"], backend: simulator.baseUrl });
  const ada = server.person("ada");

  const asked = ada.slash({ name: "video", subcommand: "create", options: { prompt: "a paper boat" } });
  const card = await asked.reply();
  expect((await asked.acknowledged()).afterMs).toBeLessThan(2_000);
  await server.waitFor(() => card.text.includes("Queued"), { description: "a queued card" });
  expect(server.channel("general").messages).toEqual([card]);
  const made = () => client.videos.list().then(({ data }) => data.length);
  await expect.poll(made, { timeout: 10_000 }).toBe(1);
  const percent = () => Number(/(\d+) %/.exec(card.text)?.[1] ?? 0);
  pass(3_000);
  const before = await server.waitFor(percent, { description: "progress" });
  pass(2_000);
  await server.waitFor(() => percent() > before, { description: "more progress" });
  pass(60_000);
  const ready = await server.waitFor(() => server.channel("general").messages[1], { description: "a reply" });
  await bot.logged("video delivered");
  expect(ready).toMatchObject({ notified: [ada.id], replyTo: { messageId: card.id } });
  expect(card.text).toContain("Done in");
  expect(card.media).toMatchObject([{ attachment: { contentType: "video/mp4" } }]);
  expect(card.media[0]?.attachment?.bytes.toString("latin1", 4, 8)).toBe("ftyp");
  expect(card.buttons.map(({ label }) => label)).toEqual(finishedButtons);

  const pressed = ada.press(card, "Remix");
  expect(JSON.stringify((await pressed.modal()).components)).toContain('"value":"a paper boat"');
  const remix = await (await ada.submitModal(pressed, { prompt: "a paper boat at night" })).reply();
  expect(remix.text).toContain("Remix of [");
  expect(remix.text).toContain(`/${card.channelId}/${card.id})`);
  await server.waitFor(() => card.text.includes("Remixed once"), { description: "a parent that knows" });
  pass(60_000);
  await server.waitFor(() => remix.media.length > 0 && server.channel("general").messages.length === 4, {
    description: "the remix and its reply",
  });
  const { data } = await client.videos.list();
  expect(data).toMatchObject([{ remixed_from_video_id: data[1]?.id }, { prompt: "a paper boat" }]);

  const since = performance.now();
  expect(await bot.kill("SIGTERM")).toBe(0);
  expect(performance.now() - since).toBeLessThan(10_000);
  for (const secret of ["paper boat", asked.interaction.token]) expect(bot.output()).not.toContain(secret);
  expect(server.rateLimited).toEqual({ route: 0, global: 0 });
});
