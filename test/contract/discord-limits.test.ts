import { expect, it, onTestFinished } from "vitest";
import { createChatBudget } from "../../src/chat/chat-budget.ts";
import { createDiscordApi } from "../../src/discord/discord-api.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";

/** Requests beyond what Discord takes in a second. */
const REQUESTS = 120;
/** Of one channel's messages it takes five in five seconds. */
const PER_CHANNEL = 4;

it.each([1, 2])("what %i processes begin at once comes to Discord within its limit", async (processes) => {
  const server = await createDiscordServer({ rateLimits: {} });
  onTestFinished(() => server.close());
  const budget = createChatBudget({ now: () => performance.now() });
  const { token, apiUrl } = server;
  const apis = Array.from({ length: processes }, () => createDiscordApi({ token, apiUrl, budget }));
  const channels = Array.from({ length: REQUESTS / PER_CHANNEL }, (_, n) => server.addChannel(`reel${n}`).id);
  await Promise.all(
    Array.from({ length: REQUESTS }, (_, n) =>
      apis[n % processes]?.post(channels[n % channels.length] ?? "", { content: `boat ${n}` }),
    ),
  );
  expect(channels.flatMap((channel) => server.channel(channel).messages)).toHaveLength(REQUESTS);
  expect(server.rateLimited).toEqual({ route: 0, global: 0 });
});
