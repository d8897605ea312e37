import { GuildPremiumTier } from "discord.js";
import { describe, expect, it } from "vitest";
import { uploadLimit } from "../../../src/discord/upload-limit.ts";

const MIB = 1024 ** 2;

describe("uploadLimit", () => {
  it.each([
    ["the default", 10 * MIB, GuildPremiumTier.None, 10 * MIB],
    ["a raised default", 20 * MIB, GuildPremiumTier.None, 20 * MIB],
    ["a direct message", 10 * MIB, undefined, 10 * MIB],
    ["a subscriber in a server without boosts", 500 * MIB, GuildPremiumTier.Tier1, 10 * MIB],
    ["a subscriber in a direct message", 50 * MIB, undefined, 10 * MIB],
    ["a boosted server", 50 * MIB, GuildPremiumTier.Tier2, 50 * MIB],
    ["a subscriber in a boosted server", 500 * MIB, GuildPremiumTier.Tier2, 50 * MIB],
    ["a fully boosted server", 100 * MIB, GuildPremiumTier.Tier3, 100 * MIB],
    ["boosts that count less than was thought", 50_000_000, GuildPremiumTier.Tier3, 50_000_000],
  ])("holds for %s", (_name, told, tier, limit) => {
    expect(uploadLimit(told, tier)).toBe(limit);
  });
});
