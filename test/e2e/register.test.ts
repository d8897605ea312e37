import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { spawnScript } from "../fixtures/bot-process.ts";
import { createDiscordServer } from "../servers/discord/discord-server.ts";

const script = "src/register/main.ts";

it("registers /video with Discord and prints a manifest that Slack can read", async () => {
  const server = await createDiscordServer();
  onTestFinished(() => server.close());
  const env = { DISCORD_TOKEN: server.token, DISCORD_API_URL: server.apiUrl };
  const { exited, output } = spawnScript({ script, env });
  expect(await exited).toBe(0);
  const put = server.requests.filter(({ operation }) => operation.startsWith("PUT"));
  const names = ["video", "Remix this video", "Video details", "Animate this picture"];
  const registered = put.map(({ body }) => z.array(z.object({ name: z.string() })).parse(body));
  expect(registered.map((commands) => commands.map(({ name }) => name).sort())).toEqual([names.sort()]);
  const manifest = JSON.parse(output().slice(output().indexOf("{"), output().lastIndexOf("}") + 1));
  expect(manifest.features.slash_commands[0].command).toBe("/video");
  expect(manifest.oauth_config.scopes.bot).toEqual(
    expect.arrayContaining(["commands", "chat:write", "files:write"]),
  );
  expect(manifest.features.shortcuts).toHaveLength(3);
  expect(manifest.settings.socket_mode_enabled).toBe(true);
});

it("says which setting is wrong", async () => {
  const server = await createDiscordServer();
  onTestFinished(() => server.close());
  const env = { DISCORD_TOKEN: "not-the-token", DISCORD_API_URL: server.apiUrl };
  const { exited, output } = spawnScript({ script, env });
  expect(await exited).toBe(1);
  expect(output()).not.toMatch(/^ +at /m);
});
