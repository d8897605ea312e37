import { expect, it, onTestFinished } from "vitest";
import { listenOn } from "../fixtures/discord-listener.ts";
import { slackAdapterFor } from "../fixtures/slack-bot.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";
import { textOf } from "../servers/slack/reading.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

const trouble = { tone: "error" as const, lines: [["The quota is used up."]] };

it("reaches a channel and a person on Discord", async () => {
  const server = await createDiscordServer();
  onTestFinished(() => server.close());
  const { adapter } = await listenOn(server);
  await adapter.tell?.(server.channel("general").id, trouble);
  expect(server.channel("general").messages.at(-1)?.text).toContain("The quota is used up.");
  await adapter.tell?.(server.person("ada").id, trouble);
  const texts = [...server.state.messages.values()].map(({ text }) => text);
  expect(texts.filter((text) => text.includes("The quota is used up."))).toHaveLength(2);
  server.assertClean();
});

it("reaches a channel on Slack", async () => {
  const server = await createSlackServer();
  onTestFinished(() => server.close());
  const adapter = slackAdapterFor(server);
  await adapter.tell?.("C1GENERAL", trouble);
  const [message] = server.channel("C1GENERAL").messages;
  expect(message && textOf(message)).toContain("The quota is used up.");
  server.assertClean();
});
