import { REDIS, shardIds } from "./config-settings.ts";

/** Settings as they were given. */
export type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** Whether a HOST is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}

/** The key for the moderation endpoint; a backend of one's own never shares its key with that. */
export function moderationKeyOf({
  MODERATION_API_KEY,
  OPENAI_API_KEY,
  OPENAI_BASE_URL,
}: Environment): string | undefined {
  return MODERATION_API_KEY ?? (OPENAI_BASE_URL === undefined ? OPENAI_API_KEY : undefined);
}

/** Where the processes find each other: whoever shares a store shares a queue. */
export function queueUrlOf({ QUEUE_URL, STORE_URL = "" }: Environment): string | undefined {
  return QUEUE_URL ?? (REDIS.test(STORE_URL) ? STORE_URL : undefined);
}

/** Whether the playground is served. */
export function wantsPlayground(env: Environment): boolean {
  if (isPart(env)) return false;
  if (env.PLAYGROUND !== undefined) return env.PLAYGROUND === "1";
  const { DISCORD_TOKEN, SLACK_BOT_TOKEN, SLACK_CLIENT_ID } = env;
  return [DISCORD_TOKEN, SLACK_BOT_TOKEN, SLACK_CLIENT_ID].every((value) => value === undefined);
}

/** Whether it is one of several processes by its role. */
function isPart({ ROLE = "all" }: Environment): boolean {
  return ROLE !== "all";
}

/** What holds between settings; read as they were given, so that it is told beside what is wrong with single ones. */
export const rules: readonly { broken(env: Environment): boolean; problem: string }[] = [
  {
    broken: ({ DISCORD_SHARDS, DISCORD_SHARD_IDS, DISCORD_SHARD_COUNT }) =>
      DISCORD_SHARDS !== undefined && (DISCORD_SHARD_IDS ?? DISCORD_SHARD_COUNT) !== undefined,
    problem:
      "DISCORD_SHARDS: is for all shards in one process; a slice of them is DISCORD_SHARD_IDS with DISCORD_SHARD_COUNT, without it",
  },
  {
    broken: ({ DISCORD_SHARD_IDS, DISCORD_SHARD_COUNT }) =>
      (DISCORD_SHARD_IDS === undefined) !== (DISCORD_SHARD_COUNT === undefined),
    problem:
      "DISCORD_SHARD_IDS: goes with DISCORD_SHARD_COUNT, which shards this process has, and how many there are in all",
  },
  {
    broken: ({ DISCORD_SHARD_IDS, DISCORD_SHARD_COUNT }) => {
      const ids = shardIds.safeParse(DISCORD_SHARD_IDS).data ?? [];
      return ids.some((id) => id >= Number(DISCORD_SHARD_COUNT));
    },
    problem: "DISCORD_SHARD_IDS: must be below DISCORD_SHARD_COUNT; the first shard is 0",
  },
  {
    broken: ({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET }) =>
      SLACK_BOT_TOKEN !== undefined && SLACK_APP_TOKEN === undefined && SLACK_SIGNING_SECRET === undefined,
    problem: "SLACK_BOT_TOKEN: needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) beside it",
  },
  {
    broken: ({ SLACK_BOT_TOKEN, SLACK_CLIENT_ID, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET }) =>
      SLACK_BOT_TOKEN === undefined &&
      SLACK_CLIENT_ID === undefined &&
      (SLACK_APP_TOKEN !== undefined || SLACK_SIGNING_SECRET !== undefined),
    problem:
      "SLACK_BOT_TOKEN: is missing (or SLACK_CLIENT_ID), though SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is set",
  },
  {
    broken: ({ SLACK_BOT_TOKEN, SLACK_CLIENT_ID }) =>
      SLACK_BOT_TOKEN !== undefined && SLACK_CLIENT_ID !== undefined,
    problem:
      "SLACK_CLIENT_ID: serves every workspace that installs the app, SLACK_BOT_TOKEN a single one; set one of them and empty the other",
  },
  {
    broken: ({ SLACK_CLIENT_ID, SLACK_CLIENT_SECRET }) =>
      (SLACK_CLIENT_ID === undefined) !== (SLACK_CLIENT_SECRET === undefined),
    problem: "SLACK_CLIENT_ID, SLACK_CLIENT_SECRET: each needs the other",
  },
  {
    broken: ({ SLACK_CLIENT_ID, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET }) =>
      SLACK_CLIENT_ID !== undefined && SLACK_APP_TOKEN === undefined && SLACK_SIGNING_SECRET === undefined,
    problem: "SLACK_CLIENT_ID: needs SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode) beside it",
  },
  {
    broken: ({ SLACK_CLIENT_ID, PUBLIC_URL }) => SLACK_CLIENT_ID !== undefined && PUBLIC_URL === undefined,
    problem:
      "SLACK_CLIENT_ID: needs PUBLIC_URL, the https address to which Slack sends people back who installed the app",
  },
  {
    broken: ({ SLACK_CLIENT_ID, OPERATOR_NOTICE }) =>
      SLACK_CLIENT_ID !== undefined && /^slack:[^:]*$/.test(OPERATOR_NOTICE ?? ""),
    problem: "OPERATOR_NOTICE: must be slack:TEAM:ID beside SLACK_CLIENT_ID, as there are many workspaces",
  },
  {
    broken: ({ S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY }) =>
      (S3_ACCESS_KEY_ID === undefined) !== (S3_SECRET_ACCESS_KEY === undefined),
    problem: "S3_ACCESS_KEY_ID: goes with S3_SECRET_ACCESS_KEY; set both, or none of them",
  },
  {
    broken: (env) =>
      wantsPlayground(env) && !LOOPBACK.has(env.HOST ?? "127.0.0.1") && env.PLAYGROUND_PASSWORD === undefined,
    problem: "PLAYGROUND_PASSWORD: is needed where the playground is served on a HOST that is not loopback",
  },
  {
    broken: ({ QUEUE_URL, STORE_URL = "" }) => QUEUE_URL !== undefined && !REDIS.test(STORE_URL),
    problem:
      "QUEUE_URL: needs STORE_URL=redis://… beside it; processes that share a queue share what is kept",
  },
  {
    broken: (env) => isPart(env) && queueUrlOf(env) === undefined,
    problem: "ROLE: anything but all needs STORE_URL=redis://…, by which the processes find each other",
  },
  {
    broken: (env) => isPart(env) && env.OPENAI_BASE_URL === undefined,
    problem: "ROLE: anything but all needs OPENAI_BASE_URL; the embedded simulator lives in one process",
  },
  {
    broken: (env) => isPart(env) && env.PLAYGROUND === "1",
    problem: "PLAYGROUND: needs ROLE=all; the local page is for one process",
  },
  {
    broken: (env) => env.MODERATION !== undefined && moderationKeyOf(env) === undefined,
    problem:
      "MODERATION: needs MODERATION_API_KEY, a key of OpenAI's (the one of a server of your own is not sent there)",
  },
  {
    broken: ({ PUBLIC_URL }) => hasMoreThanPath(PUBLIC_URL),
    problem:
      "PUBLIC_URL: must be an address alone, such as https://reel.example.com, without a name or password, “?” or “#”",
  },
  {
    broken: (env) => wantsPlayground(env) && hasPath(env.PUBLIC_URL),
    problem:
      "PUBLIC_URL: must have no path where the playground is served, which needs a host of its own; PLAYGROUND=0 switches it off",
  },
];

/** What an address has that people must not be sent to, or that links cannot be built on. */
function hasMoreThanPath(address: string | undefined): boolean {
  const url = URL.parse(address ?? "");
  return url !== null && (url.username !== "" || url.password !== "" || /[?#]/.test(address ?? ""));
}

function hasPath(address: string | undefined): boolean {
  return !/^\/*$/.test(URL.parse(address ?? "")?.pathname ?? "");
}
