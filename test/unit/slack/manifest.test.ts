import { describe, expect, it } from "vitest";
import { commands } from "../../../commands/index.ts";
import { BOT_SCOPES, redirectUrlOf, slackManifest } from "../../../src/slack/manifest.ts";

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

  it("subscribes to what it has a scope for, over HTTP at the same address", () => {
    const { oauth_config, settings } = slackManifest({ commands, publicUrl: "https://bot.example" });
    const { request_url, bot_events: events } = settings.event_subscriptions;
    expect(request_url).toBe("https://bot.example/slack/events");
    expect(slackManifest({ commands }).settings.event_subscriptions).not.toHaveProperty("request_url");
    const needs = {
      app_mention: "app_mentions:read",
      "message.im": "im:history",
      "message.channels": "channels:history",
      "message.groups": "groups:history",
      "message.mpim": "mpim:history",
      reaction_added: "reactions:read",
      reaction_removed: "reactions:read",
      channel_deleted: "channels:read",
      group_deleted: "groups:read",
      file_deleted: "files:read",
    };
    for (const [event, scope] of Object.entries(needs)) {
      expect(events).toContain(event);
      expect(oauth_config.scopes.bot).toContain(scope);
    }
  });

  it("names where people come back to who install it by OAuth, for the same scopes as are asked for there", () => {
    const { oauth_config, settings } = slackManifest({
      commands,
      redirectUrl: redirectUrlOf("https://bot.example/"),
    });
    expect(oauth_config).toEqual({
      redirect_urls: ["https://bot.example/slack/oauth_redirect"],
      scopes: { bot: BOT_SCOPES },
    });
    expect(settings).toMatchObject({ socket_mode_enabled: true, org_deploy_enabled: false });
    const { bot_events: events } = settings.event_subscriptions;
    expect(events).toEqual(expect.arrayContaining(["app_uninstalled", "tokens_revoked"]));
    expect(slackManifest({ commands }).oauth_config).not.toHaveProperty("redirect_urls");
  });

  it("has an entry in messages' menus for each command that declares one", () => {
    const { shortcuts } = slackManifest({ commands }).features;
    const declared = commands.filter(({ shortcut }) => shortcut);
    expect(shortcuts).toHaveLength(declared.length);
    expect(declared.length).toBeGreaterThan(0);
    for (const [at, { name, shortcut }] of declared.entries()) {
      expect(shortcuts[at]).toMatchObject({ name: shortcut?.label, type: "message", callback_id: name });
      expect(shortcuts[at]?.description.length).toBeLessThanOrEqual(150);
    }
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
