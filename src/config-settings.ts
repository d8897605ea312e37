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
/** Addresses of a Redis or Valkey. */
export const REDIS = /^rediss?:\/\/(([^\s/?#@%]|%[\dA-Fa-f]{2})*@)?[^\s/?#@]+(\/\d*)?$/;
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
export const shardIds = text
  .regex(/^\d{1,4}(-\d{1,4})?([\s,]+\d{1,4}(-\d{1,4})?)*$/, "must be ids such as 0,1,2 or 0-3")
  .transform((value) => [...new Set(value.split(/[\s,]+/).flatMap(range))])
  .refine((ids) => ids.length > 0, "must have ranges that go up, such as 0-3");

const STORE_FORMS = new RegExp(`^(sqlite:.+|memory:)$|${REDIS.source}`);

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
  SLACK_CLIENT_ID: optional,
  SLACK_CLIENT_SECRET: optional,
  SLACK_API_URL: serverUrl,
  ROLE: z.enum(ROLES).default("all"),
  QUEUE_URL: text
    .regex(REDIS, "must be redis://[user:password@]host[:port][/db] (rediss: for TLS)")
    .optional(),
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

/** What all of them are, read. */
export type Settings = z.infer<z.ZodObject<typeof settings>>;

/** `2-4` is 2, 3 and 4; `2` is itself. */
function range(part: string): number[] {
  const [from = 0, to = from] = part.split("-").map(Number);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function hasCredentials(address: string): boolean {
  const { username = "", password = "" } = URL.parse(address) ?? {};
  return username !== "" || password !== "";
}
