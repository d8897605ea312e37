import { describe, expect, it } from "vitest";
import { commands } from "../../../commands/index.ts";
import { slackManifest } from "../../../src/slack/manifest.ts";

describe("slackManifest", () => {
  it("uses Socket Mode where Slack cannot reach the bot", () => {
    const { settings, features } = slackManifest({ commands });
    expect(settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true } });
    expect(settings.interactivity).not.toHaveProperty("request_url");
    expect(features.slash_commands[0]).not.toHaveProperty("url");
  });

  it("names one address for everything over HTTP", () => {
    const { settings, features } = slackManifest({ commands, publicUrl: "https://bot.example/" });
    const url = "https://bot.example/slack/events";
    expect(settings).toMatchObject({ socket_mode_enabled: false, interactivity: { request_url: url } });
    expect(features.slash_commands).toMatchObject([{ command: "/video", url }]);
  });

  it("keeps the limits of api.slack.com", () => {
    const { display_information: display, features } = slackManifest({ commands });
    expect(display.name.length).toBeLessThanOrEqual(35);
    expect(display.description.length).toBeLessThanOrEqual(140);
    expect(features.bot_user.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
    const [command] = features.slash_commands;
    expect(command?.description.length).toBeLessThanOrEqual(2_000);
    expect(command?.usage_hint.length).toBeLessThanOrEqual(1_000);
    expect(command?.usage_hint).toContain("--seconds");
  });
});
