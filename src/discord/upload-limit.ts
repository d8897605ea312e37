import { GuildPremiumTier } from "discord.js";

const MEBIBYTE = 1024 ** 2;
/** From here on a limit may come from the person's own subscription (Nitro Basic: 50 MB), which the bot has no part in. */
const SUBSCRIPTION_FROM_BYTES = 50_000_000;
/** What every bot may upload to a server by the level of its boosts. */
const BY_TIER: Record<GuildPremiumTier, number> = {
  [GuildPremiumTier.None]: 10 * MEBIBYTE,
  [GuildPremiumTier.Tier1]: 10 * MEBIBYTE,
  [GuildPremiumTier.Tier2]: 50 * MEBIBYTE,
  [GuildPremiumTier.Tier3]: 100 * MEBIBYTE,
};

/**
 * The largest file (bytes) that a message edited later takes. An interaction's `attachment_size_limit` is the larger of
 * the person's and the server's; over the channel route the server's counts alone (discord/discord-api-docs#7603: it
 * told 500 MiB and took less).
 */
export function uploadLimit(attachmentSizeLimit: number, tier: GuildPremiumTier | undefined): number {
  if (attachmentSizeLimit < SUBSCRIPTION_FROM_BYTES) return attachmentSizeLimit;
  return Math.min(attachmentSizeLimit, BY_TIER[tier ?? GuildPremiumTier.None]);
}
