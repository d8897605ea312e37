import type { DiscordState } from "./state.ts";
import type { Channel, Guild, Member, Role } from "./types.ts";

/** What never differs between guilds here. */
const GUILD_DEFAULTS = {
  icon: null,
  description: null,
  home_header: null,
  splash: null,
  discovery_splash: null,
  banner: null,
  application_id: null,
  features: [],
  region: "",
  preferred_locale: "en-US",
  verification_level: 0,
  default_message_notifications: 0,
  explicit_content_filter: 0,
  mfa_level: 0,
  nsfw: false,
  nsfw_level: 0,
  premium_tier: 0,
  premium_subscription_count: 0,
  premium_progress_bar_enabled: false,
  afk_channel_id: null,
  afk_timeout: 300,
  system_channel_id: null,
  system_channel_flags: 0,
  rules_channel_id: null,
  safety_alerts_channel_id: null,
  public_updates_channel_id: null,
  widget_enabled: false,
  widget_channel_id: null,
  vanity_url_code: null,
  max_members: 500_000,
  max_presences: null,
  max_video_channel_users: 25,
  max_stage_video_channel_users: 50,
  incidents_data: null,
  emojis: [],
  stickers: [],
};

/** The application as its own bot sees it. */
export function presentApplication({ application, bot }: DiscordState) {
  return {
    ...application,
    bot: bot.user,
    owner: bot.user,
    description: "",
    icon: null,
    type: null,
    verify_key: "",
    flags: 0,
    flags_new: "0",
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    approximate_guild_count: 1,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
    bot_public: true,
    bot_require_code_grant: false,
    integration_types_config: { 0: {} },
  };
}

/** The bot's own user, with what only it may read. */
export function presentOwnUser({ bot }: DiscordState) {
  return { ...bot.user, mfa_enabled: false, locale: "en-US", verified: true };
}

/** A member without its user, as in resolved data. */
export function presentMembership({ roles, joined_at }: Pick<Member, "roles" | "joined_at">) {
  return {
    roles,
    joined_at,
    nick: null,
    avatar: null,
    banner: null,
    premium_since: null,
    communication_disabled_until: null,
    pending: false,
    deaf: false,
    mute: false,
    flags: 0,
  };
}

/** A member with its user. */
export function presentMember(member: Member) {
  return { user: member.user, ...presentMembership(member) };
}

/** A role; its place in the list is its rank. */
export function presentRole({ id, name, permissions }: Role, position: number) {
  return {
    id,
    name,
    permissions: String(permissions),
    position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: false,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0,
  };
}

/** A text channel, a thread or a direct message. */
export function presentChannel(channel: Channel) {
  const { id, type, name, guildId, parentId, archived, locked, overwrites, recipient } = channel;
  if (type === 1) return { id, type, flags: 0, last_message_id: null, recipients: [recipient] };
  const base = { id, type, name, guild_id: guildId, parent_id: parentId ?? null, flags: 0 };
  if (type === 0) {
    const permission_overwrites = overwrites.map(({ allow, deny, ...overwrite }) => ({
      ...overwrite,
      allow: String(allow),
      deny: String(deny),
    }));
    return { ...base, position: 0, topic: null, nsfw: false, rate_limit_per_user: 0, permission_overwrites };
  }
  const thread_metadata = {
    archived,
    auto_archive_duration: 1440,
    archive_timestamp: "2026-01-01T00:00:00.000000+00:00",
    locked,
  };
  const counts = { message_count: 0, member_count: 1, total_message_sent: 0 };
  return { ...base, ...counts, owner_id: id, thread_metadata };
}

/** The guild as REST shows it. */
export function presentGuild({ id, name, ownerId, roles }: Guild) {
  return { ...GUILD_DEFAULTS, id, name, owner_id: ownerId, roles: roles.map(presentRole) };
}

/** The dispatch that a bot without the presence intent gets: of the members only itself. */
export function presentGuildCreate(state: DiscordState, guild = state.guild) {
  const all = [...state.channels.values()].filter(({ guildId }) => guildId === guild.id);
  return {
    ...presentGuild(guild),
    joined_at: state.bot.joined_at,
    large: false,
    unavailable: false,
    member_count: state.members.length,
    members: [presentMember(state.bot)],
    channels: all.filter(({ type }) => type === 0).map(presentChannel),
    threads: all.filter(({ type, archived }) => type >= 11 && !archived).map(presentChannel),
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
