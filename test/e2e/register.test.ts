import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { spawnScript } from "../fixtures/bot-process.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
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

it("registers what the configured models have", async () => {
  const server = await createDiscordServer();
  onTestFinished(() => server.close());
  const file = join(temporaryFolder(onTestFinished), "models.json");
  await writeFile(file, JSON.stringify({ models: [{ id: "wan", image: false, extras: ["seed"] }] }));
  const env = { DISCORD_TOKEN: server.token, DISCORD_API_URL: server.apiUrl, VIDEO_MODELS: file };
  const { exited } = spawnScript({ script, env });
  expect(await exited).toBe(0);
  const { commands } = server.state;
  expect(commands.map(({ name }) => name)).not.toContain("Animate this picture");
  const create = commands.find(({ name }) => name === "video")?.options[0];
  expect(create?.options?.map(({ name }) => name)).toEqual(["prompt", "model", "seed"]);
});

it("says which setting is wrong", async () => {
  const server = await createDiscordServer();
  onTestFinished(() => server.close());
  const env = { DISCORD_TOKEN: "not-the-token", DISCORD_API_URL: server.apiUrl };
  const { exited, output } = spawnScript({ script, env });
  expect(await exited).toBe(1);
  expect(output()).not.toMatch(/^ +at /m);
});
