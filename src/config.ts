import { z } from "zod";
import { type Environment, moderationKeyOf, queueUrlOf, rules, wantsPlayground } from "./config-rules.ts";
import { type Settings, settings } from "./config-settings.ts";

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
  "SLACK_CLIENT_SECRET",
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

function warningsOf(env: Environment): string[] {
  if (env.OPENAI_API_KEY === undefined || env.OPENAI_BASE_URL !== undefined) return [];
  return [
    "OPENAI_API_KEY is set without OPENAI_BASE_URL: OpenAI's own video endpoint closed on 2026-09-24. Name a compatible server in OPENAI_BASE_URL, or empty both for the embedded simulator.",
  ];
}
