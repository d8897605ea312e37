import { commands as declared } from "../../commands/index.ts";
import { createOffer } from "../chat/offer.ts";
import type { Config } from "../config.ts";
import { defaultCatalog } from "../videos/catalog.ts";
import { readModelFile } from "../videos/model-file.ts";

/**
 * Registers `/video` with Discord where a token is set, and prints the Slack app's manifest, ready to paste.
 * What people read goes to `note`, the manifest alone to `print`, so that it can be piped.
 */
export async function register(options: {
  config: Config;
  print: (text: string) => void;
  note: (text: string) => void;
}): Promise<void> {
  const { config, print, note } = options;
  const { DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl, DISCORD_GUILD_ID: guildId } = config;
  const { VIDEO_MODELS: file } = config;
  const catalog = file === undefined ? defaultCatalog : await readModelFile(file);
  // What the backend lacks is taken away when the bot runs and has found out.
  const commands = createOffer({ commands: declared, catalog, supports: () => true }).commands();
  if (token === undefined) {
    note("Discord: DISCORD_TOKEN is not set, nothing to register.");
  } else {
    const { registerDiscordCommands } = await import("../discord/commands.ts");
    await registerDiscordCommands({ token, apiUrl, guildId, commands, catalog });
    note(`Discord: /video is registered ${guildId === undefined ? "everywhere" : `in server ${guildId}`}.`);
  }
  const { redirectUrlOf, slackManifest } = await import("../slack/manifest.ts");
  const { PUBLIC_URL, SLACK_APP_TOKEN, SLACK_CLIENT_ID } = config;
  const publicUrl = SLACK_APP_TOKEN === undefined ? PUBLIC_URL : undefined;
  const redirectUrl =
    SLACK_CLIENT_ID === undefined || PUBLIC_URL === undefined ? undefined : redirectUrlOf(PUBLIC_URL);
  note(
    "Slack: the app's manifest. Paste it at https://api.slack.com/apps → Create New App → From a manifest:",
  );
  note("For an app that exists already: paste it under App Manifest, then install the app again.");
  print(JSON.stringify(slackManifest({ commands, publicUrl, redirectUrl }), null, 2));
}
