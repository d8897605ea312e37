import { z } from "zod";
import { MEDIA_URL_FORM, readMediaUrl } from "./media/media-url.ts";
import { ROLES } from "./roles.ts";
import { DIALECT_NAMES } from "./videos/dialect.ts";

const text = z.string().trim();
const optional = text.optional();
// Not zod's `httpUrl`, which takes public domain names only: servers stand on localhost and in private networks.
const optionalUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .transform((value) => value.replace(/\/+$/, ""))
  .optional();
/** A name or password would be logged with the address, and fetch asks no such address. */
const serverUrl = optionalUrl.refine(
  (value) => value === undefined || !hasCredentials(value),
  "must have no name or password in it",
);
const REDIS = /^rediss?:\/\/./;
const list = text.transform((value) => value.split(/[\s,]+/).filter((item) => item !== ""));
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const flag = z
  .enum(["0", "1"], "must be 0 or 1")
  .transform((value) => value === "1")
  .optional();
/** Far more than any bot has. */
const SHARDS_MAX = 9_999;
const shards = count(1, SHARDS_MAX);
/** Ids and ranges of them, such as `0,1,2` or `0-3`. */
const shardIds = text
  .regex(/^\d{1,4}(-\d{1,4})?([\s,]+\d{1,4}(-\d{1,4})?)*$/, "must be ids such as 0,1,2 or 0-3")
  .transform((value) => [...new Set(value.split(/[\s,]+/).flatMap(range))])
  .refine((ids) => ids.length > 0, "must have ranges that go up, such as 0-3");

const STORE_FORMS = /^(sqlite:.+|memory:|rediss?:\/\/(([^\s/?#@%]|%[\dA-Fa-f]{2})*@)?[^\s/?#@]+(\/\d*)?)$/;

/** One entry a setting: its check and its default, in the order of `.env.example`. */
export const settings = {
  OPENAI_API_KEY: optional,
  OPENAI_BASE_URL: serverUrl,
  VIDEO_BACKEND: z.enum(["auto", ...DIALECT_NAMES]).default("auto"),
  VIDEO_MODELS: optional,
  OPENAI_WEBHOOK_SECRET: optional,
  MAX_ACTIVE_JOBS: count(1, 100_000).default(20),
  JOB_TIMEOUT_MINUTES: z.coerce.number().positive().default(120),
  CONFIRM_ABOVE_USD: z.coerce.number().min(0).optional(),
  LIMITS: optional,
  BLOCK_LIST: optional,
  MODERATION: z.enum(["openai"]).optional(),
  MODERATION_API_KEY: optional,
  MODERATION_BASE_URL: serverUrl,
  DISCORD_TOKEN: optional,
  DISCORD_API_URL: serverUrl,
  DISCORD_GUILD_ID: optional,
  DISCORD_SHARDS: z
    .union([z.literal("auto"), shards], `must be auto or a number from 1 to ${SHARDS_MAX}`)
    .optional(),
  DISCORD_SHARD_IDS: shardIds.optional(),
  DISCORD_SHARD_COUNT: shards.optional(),
  SLACK_BOT_TOKEN: optional,
  SLACK_APP_TOKEN: optional,
  SLACK_SIGNING_SECRET: optional,
  SLACK_API_URL: serverUrl,
  ROLE: z.enum(ROLES).default("all"),
  QUEUE_URL: text.regex(REDIS, "must be redis://HOST:PORT or rediss://HOST:PORT").optional(),
  STORE_URL: text
    .regex(
      STORE_FORMS,
      "must be sqlite:PATH, memory: or redis://[user:password@]host[:port][/db] (rediss: for TLS)",
    )
    .default("sqlite:./data/showreel.db"),
  MEDIA_URL: text.default("file:./data/media").transform((url, { addIssue }) => {
    const place = readMediaUrl(url);
    if (!place) addIssue(MEDIA_URL_FORM);
    return place ?? z.NEVER;
  }),
  S3_ENDPOINT: serverUrl,
  S3_REGION: text.min(1).default("us-east-1"),
  S3_ACCESS_KEY_ID: optional,
  S3_SECRET_ACCESS_KEY: optional,
  MEDIA_MAX_GB: z.coerce.number().positive().default(10),
  MEDIA_RETENTION_DAYS: z.coerce.number().positive().default(30),
  FFMPEG_PATH: text.min(1).default("ffmpeg"),
  GALLERY_LINK_DAYS: z.coerce.number().positive().default(7),
  PLAYGROUND: flag,
  PLAYGROUND_PASSWORD: optional,
  OPERATOR_IDS: list.default([]),
  OPERATOR_NOTICE: text
    .regex(/^(discord|slack):\S+$/, "must be discord:ID or slack:ID, of a channel or a person")
    .optional(),
  HOST: text.min(1).default("127.0.0.1"),
  PORT: count(0, 65_535).default(3000),
  PUBLIC_URL: optionalUrl,
  METRICS_TOKEN: text
    .regex(/^[\w.~+/-]+=*$/, "must be of letters, digits and -._~+/, as a bearer token is")
    .optional(),
  POLL_INTERVAL_MS: count(100, 3_600_000).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
};

type Settings = z.infer<z.ZodObject<typeof settings>>;

/** The bot's configuration, checked and in its own words. */
export interface Config extends Settings {
  /** Whether the playground is served. */
  playground: boolean;
  /** Where the processes of this bot find each other; undefined: there is one. */
  queueUrl: string | undefined;
  /** The key for the moderation endpoint; a backend of one's own never shares its key with that. */
  moderationKey: string | undefined;
  /** Things that work but deserve a word in the log. */
  warnings: string[];
}

/** All that is wrong with the settings, at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      ["The settings do not hold:", ...problems.map((problem) => `  ${problem}`), "See .env.example."].join(
        "\n",
      ),
    );
    this.problems = problems;
  }
}

/** Those whose values nobody may find anywhere else. */
const SECRETS = [
  "OPENAI_API_KEY",
  "OPENAI_WEBHOOK_SECRET",
  "MODERATION_API_KEY",
  "DISCORD_TOKEN",
  "SLACK_BOT_TOKEN",
  "SLACK_APP_TOKEN",
  "SLACK_SIGNING_SECRET",
  "S3_SECRET_ACCESS_KEY",
  "PLAYGROUND_PASSWORD",
  "METRICS_TOKEN",
] as const satisfies (keyof Settings)[];

/** Addresses that may have a password in them. */
const ADDRESSES = ["STORE_URL", "QUEUE_URL"] as const satisfies (keyof Settings)[];

/** The configured secrets, for what must not say them. */
export function secretsOf(config: Settings): string[] {
  const passwords = ADDRESSES.flatMap((name) => URL.parse(config[name] ?? "")?.password || []);
  return [
    ...SECRETS.flatMap((name) => config[name] ?? []),
    ...passwords,
    ...passwords.map(decodeURIComponent),
  ];
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** Whether a HOST is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}

/**
 * Reads the settings from an environment; pure.
 * @throws ConfigError listing every problem.
 */
export function readConfig(env: Environment): Config {
  // Empty means unset, as people write it in `.env`.
  const known: Environment = Object.fromEntries(
    Object.keys(settings).map((name) => [name, env[name]?.trim() || undefined]),
  );
  const parsed = z.object(settings).safeParse(known);
  const issues = parsed.error?.issues ?? [];
  const problems = [
    ...issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    ...rules.flatMap(({ broken, problem }) => (broken(known) ? [problem] : [])),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return {
    ...parsed.data,
    playground: wantsPlayground(known),
    queueUrl: queueUrlOf(known),
    moderationKey: moderationKeyOf(known),
    warnings: warningsOf(known),
  };
}

function moderationKeyOf({
  MODERATION_API_KEY,
  OPENAI_API_KEY,
  OPENAI_BASE_URL,
}: Environment): string | undefined {
  return MODERATION_API_KEY ?? (OPENAI_BASE_URL === undefined ? OPENAI_API_KEY : undefined);
}

/** Whoever shares a store shares a queue. */
function queueUrlOf({ QUEUE_URL, STORE_URL = "" }: Environment): string | undefined {
  return QUEUE_URL ?? (REDIS.test(STORE_URL) ? STORE_URL : undefined);
}

function wantsPlayground(env: Environment): boolean {
  if (isPart(env)) return false;
  if (env.PLAYGROUND !== undefined) return env.PLAYGROUND === "1";
  return env.DISCORD_TOKEN === undefined && env.SLACK_BOT_TOKEN === undefined;
}

/** Whether it is one of several processes by its role. */
function isPart({ ROLE = "all" }: Environment): boolean {
  return ROLE !== "all";
}

function warningsOf(env: Environment): string[] {
  if (env.OPENAI_API_KEY === undefined || env.OPENAI_BASE_URL !== undefined) return [];
  return [
    "OPENAI_API_KEY is set without OPENAI_BASE_URL: OpenAI's own video endpoint closed on 2026-09-24. Name a compatible server in OPENAI_BASE_URL, or empty both for the embedded simulator.",
  ];
}

/** What an address has that people must not be sent to, or that links cannot be built on. */
function hasMoreThanPath(address: string | undefined): boolean {
  const url = URL.parse(address ?? "");
  return url !== null && (url.username !== "" || url.password !== "" || /[?#]/.test(address ?? ""));
}

function hasPath(address: string | undefined): boolean {
  return !/^\/*$/.test(URL.parse(address ?? "")?.pathname ?? "");
}

/** What holds between settings; read as they were given, so that it is told beside what is wrong with single ones. */
const rules: readonly { broken(env: Environment): boolean; problem: string }[] = [
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
    broken: ({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET }) =>
      SLACK_BOT_TOKEN === undefined && (SLACK_APP_TOKEN !== undefined || SLACK_SIGNING_SECRET !== undefined),
    problem: "SLACK_BOT_TOKEN: is missing, though SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is set",
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

/** `2-4` is 2, 3 and 4; `2` is itself. */
function range(part: string): number[] {
  const [from = 0, to = from] = part.split("-").map(Number);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function hasCredentials(address: string): boolean {
  const { username = "", password = "" } = URL.parse(address) ?? {};
  return username !== "" || password !== "";
}
