import { describe, expect, it } from "vitest";
import { ConfigError, readConfig, secretsOf } from "../../../src/config.ts";

/** The problems that reading an environment names. */
function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("settings", () => {
  it("has a working configuration for an empty environment", () => {
    expect(readConfig({})).toMatchObject({
      STORE_URL: "sqlite:./data/showreel.db",
      MEDIA_URL: { kind: "file", directory: "./data/media" },
      MEDIA_MAX_GB: 10,
      OPERATOR_IDS: [],
      HOST: "127.0.0.1",
      PORT: 3000,
      LOG_LEVEL: "info",
      playground: true,
      warnings: [],
    });
  });

  it("takes empty and blank settings as unset, and trims the others", () => {
    const config = readConfig({ OPENAI_API_KEY: "", PORT: "  ", DISCORD_TOKEN: " token\n" });
    expect(config.OPENAI_API_KEY).toBeUndefined();
    expect(config.PORT).toBe(3000);
    expect(config.DISCORD_TOKEN).toBe("token");
  });

  it.each([
    "http://127.0.0.1:8000/v1",
    "http://localhost:8000/v1",
    "http://[::1]:8000/v1",
    "http://vllm:8091/v1",
    "https://videos.example.com/v1",
  ])("takes the address %s", (address) => {
    expect(readConfig({ OPENAI_BASE_URL: `${address}/` }).OPENAI_BASE_URL).toBe(address);
  });

  it("names every problem at once, of single settings and between settings", () => {
    const problems = problemsOf({
      OPENAI_BASE_URL: "videos.example.com",
      STORE_URL: "postgres://x",
      PLAYGROUND: "yes",
      PORT: "70000",
      POLL_INTERVAL_MS: "often",
      LOG_LEVEL: "loud",
      SLACK_BOT_TOKEN: "xoxb-1",
      HOST: "0.0.0.0",
    });
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      "OPENAI_BASE_URL",
      "STORE_URL",
      "PLAYGROUND",
      "PORT",
      "POLL_INTERVAL_MS",
      "LOG_LEVEL",
      "SLACK_BOT_TOKEN",
    ]);
  });

  it("keeps media in a bucket, with a key of its own or without", () => {
    const config = readConfig({ MEDIA_URL: "s3://my-reel/show", S3_ENDPOINT: "http://minio:9000/" });
    expect(config).toMatchObject({
      MEDIA_URL: { kind: "s3", bucket: "my-reel", prefix: "show/" },
      S3_ENDPOINT: "http://minio:9000",
      S3_REGION: "us-east-1",
    });
    expect(problemsOf({ MEDIA_URL: "./media" })).toEqual([
      "MEDIA_URL: must be file:FOLDER or s3://BUCKET, or s3://BUCKET/PREFIX",
    ]);
    for (const name of ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"])
      expect(problemsOf({ [name]: "x" }).join()).toContain("set both, or none of them");
    const secret = "a-secret-of-the-bucket";
    expect(secretsOf(readConfig({ S3_ACCESS_KEY_ID: "AKIA1", S3_SECRET_ACCESS_KEY: secret }))).toEqual([
      secret,
    ]);
  });

  it("shows no value it was given, since that may be a secret", () => {
    const problems = problemsOf({
      OPENAI_BASE_URL: "sk-secret",
      STORE_URL: "mongodb://:secret@x",
      MEDIA_URL: "s3://key:secret@x",
      PORT: "secret",
    });
    expect(problems).toHaveLength(4);
    expect(problems.join("\n")).not.toContain("secret");
  });

  it.each([
    [{}, true],
    [{ DISCORD_TOKEN: "t" }, false],
    [{ SLACK_BOT_TOKEN: "t", SLACK_APP_TOKEN: "t" }, false],
    [{ DISCORD_TOKEN: "t", PLAYGROUND: "1" }, true],
    [{ PLAYGROUND: "0" }, false],
  ])("serves the playground for %j: %s", (env, playground) => {
    expect(readConfig(env).playground).toBe(playground);
  });

  it("wants a password where others can reach the playground", () => {
    expect(problemsOf({ HOST: "0.0.0.0" })).toEqual([expect.stringContaining("PLAYGROUND_PASSWORD")]);
    expect(problemsOf({ HOST: "0.0.0.0", PLAYGROUND_PASSWORD: "p" })).toEqual([]);
    expect(problemsOf({ HOST: "0.0.0.0", PLAYGROUND: "0" })).toEqual([]);
    expect(problemsOf({ HOST: "::1" })).toEqual([]);
  });

  it.each([
    "https://ada@reel.example",
    "https://ada:s3cret@reel.example",
    "https://reel.example?key=s3cret",
    "https://reel.example/?",
    "https://reel.example/#top",
  ])("wants of the public address nothing but where it is: %s", (PUBLIC_URL) => {
    const problems = problemsOf({ PUBLIC_URL });
    expect(problems).toEqual([expect.stringContaining("PUBLIC_URL: must be an address alone")]);
    expect(problems.join()).not.toContain("s3cret");
  });

  it("wants no path in the public address where the playground is served", () => {
    const PUBLIC_URL = "https://example.com/showreel/";
    expect(problemsOf({ PUBLIC_URL })).toEqual([expect.stringContaining("PUBLIC_URL: must have no path")]);
    expect(readConfig({ PUBLIC_URL, PLAYGROUND: "0" }).PUBLIC_URL).toBe("https://example.com/showreel");
    expect(readConfig({ PUBLIC_URL, DISCORD_TOKEN: "t" }).PUBLIC_URL).toBe("https://example.com/showreel");
    expect(readConfig({ PUBLIC_URL: "https://example.com/" }).PUBLIC_URL).toBe("https://example.com");
  });

  it("wants Slack's settings whole", () => {
    expect(problemsOf({ SLACK_BOT_TOKEN: "t" })).toHaveLength(1);
    expect(problemsOf({ SLACK_APP_TOKEN: "t" })).toHaveLength(1);
    expect(problemsOf({ SLACK_SIGNING_SECRET: "t" })).toHaveLength(1);
    expect(problemsOf({ SLACK_BOT_TOKEN: "t", SLACK_SIGNING_SECRET: "t" })).toEqual([]);
  });

  it.each([
    "redis://localhost",
    "redis://:p%20w@10.0.0.1:6379/2",
    "rediss://ada:pw@[::1]:6379",
    "sqlite:x.db",
  ])("takes the store %s", (STORE_URL) => {
    expect(readConfig({ STORE_URL }).STORE_URL).toBe(STORE_URL);
  });

  it.each(["redis:", "redis://", "redis://localhost/jobs", "redis://:50%off@localhost", "redis://x?db=2"])(
    "takes no store %s",
    (STORE_URL) => {
      expect(problemsOf({ STORE_URL })).toEqual([expect.stringContaining("STORE_URL: must be")]);
    },
  );

  it("knows the password in the store's address for a secret, however it is written", () => {
    const config = readConfig({ OPENAI_API_KEY: "sk-1", STORE_URL: "redis://ada:open%20sesame@localhost" });
    expect(secretsOf(config)).toEqual(["sk-1", "open%20sesame", "open sesame"]);
  });

  it("is one process, or a part that finds the others and a backend", () => {
    expect(readConfig({})).toMatchObject({ ROLE: "all", queueUrl: undefined });
    const part = { ROLE: "worker", STORE_URL: "redis://redis:6379", OPENAI_BASE_URL: "http://gpu:8000/v1" };
    expect(readConfig(part)).toMatchObject({ queueUrl: "redis://redis:6379", playground: false });
    expect(readConfig({ ...part, QUEUE_URL: "redis://other:6379" }).queueUrl).toBe("redis://other:6379");
    expect(problemsOf({ ...part, STORE_URL: "" })).toEqual([
      expect.stringContaining("needs STORE_URL=redis"),
    ]);
    expect(problemsOf({ ...part, OPENAI_BASE_URL: "" })).toEqual([
      expect.stringContaining("ROLE: anything but all needs OPENAI_BASE_URL"),
    ]);
    expect(problemsOf({ ...part, PLAYGROUND: "1" })).toEqual([
      expect.stringContaining("PLAYGROUND: needs ROLE=all"),
    ]);
    expect(problemsOf({ QUEUE_URL: "redis://redis:6379" })).toEqual([
      expect.stringContaining("QUEUE_URL: needs STORE_URL=redis"),
    ]);
    expect(problemsOf({ ...part, ROLE: "boss" })).toEqual([expect.stringMatching(/^ROLE: /)]);
  });

  it("wants Slack's OAuth whole, and no token of one workspace beside it", () => {
    const whole = {
      SLACK_CLIENT_ID: "1.2",
      SLACK_CLIENT_SECRET: "t",
      SLACK_SIGNING_SECRET: "t",
      PUBLIC_URL: "https://reel.example",
    };
    expect(problemsOf(whole)).toEqual([]);
    expect(readConfig(whole).playground).toBe(false);
    const { SLACK_SIGNING_SECRET: _http, ...deaf } = whole;
    expect(problemsOf({ ...deaf, SLACK_APP_TOKEN: "t" })).toEqual([]);
    expect(problemsOf(deaf)).toEqual([expect.stringContaining("needs SLACK_SIGNING_SECRET")]);
    for (const name of ["SLACK_CLIENT_SECRET", "PUBLIC_URL"] as const) {
      expect(problemsOf({ ...whole, [name]: "" })).toEqual([expect.stringContaining(name)]);
    }
    expect(problemsOf({ SLACK_CLIENT_SECRET: "t" })).toEqual([
      expect.stringContaining("each needs the other"),
    ]);
    expect(problemsOf({ ...whole, SLACK_BOT_TOKEN: "t" })).toEqual([
      expect.stringContaining("set one of them and empty the other"),
    ]);
    expect(problemsOf({ ...whole, OPERATOR_NOTICE: "slack:C1" })).toEqual([
      expect.stringContaining("slack:TEAM:ID"),
    ]);
    expect(problemsOf({ ...whole, OPERATOR_NOTICE: "slack:T1:C1" })).toEqual([]);
  });

  it("warns of a key without a server", () => {
    expect(readConfig({ OPENAI_API_KEY: "k" }).warnings).toEqual([expect.stringContaining("2026-09-24")]);
    expect(readConfig({ OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://x/v1" }).warnings).toEqual([]);
  });

  it("reads ids apart however they are separated", () => {
    expect(readConfig({ OPERATOR_IDS: "1, 2 3,,4" }).OPERATOR_IDS).toEqual(["1", "2", "3", "4"]);
  });
});

describe("Discord's shards", () => {
  it("are all of one process, or a slice", () => {
    expect(readConfig({ DISCORD_SHARDS: "auto" }).DISCORD_SHARDS).toBe("auto");
    expect(readConfig({ DISCORD_SHARDS: "4" }).DISCORD_SHARDS).toBe(4);
    const slice = (ids: string) => readConfig({ DISCORD_SHARD_IDS: ids, DISCORD_SHARD_COUNT: "8" });
    expect(slice("0-3, 6 3").DISCORD_SHARD_IDS).toEqual([0, 1, 2, 3, 6]);
    expect(slice("7").DISCORD_SHARD_IDS).toEqual([7]);
  });

  it.each<[Record<string, string>, string]>([
    [{ DISCORD_SHARDS: "many" }, "DISCORD_SHARDS: must be auto or a number"],
    [{ DISCORD_SHARDS: "0" }, "DISCORD_SHARDS: "],
    [{ DISCORD_SHARD_IDS: "0-3" }, "DISCORD_SHARD_IDS: goes with DISCORD_SHARD_COUNT"],
    [{ DISCORD_SHARD_COUNT: "4" }, "DISCORD_SHARD_IDS: goes with DISCORD_SHARD_COUNT"],
    [{ DISCORD_SHARD_IDS: "2-4", DISCORD_SHARD_COUNT: "4" }, "DISCORD_SHARD_IDS: must be below"],
    [
      { DISCORD_SHARD_IDS: "3-0", DISCORD_SHARD_COUNT: "4" },
      "DISCORD_SHARD_IDS: must have ranges that go up",
    ],
    [{ DISCORD_SHARD_IDS: "a", DISCORD_SHARD_COUNT: "4" }, "DISCORD_SHARD_IDS: must be ids"],
    [{ DISCORD_SHARDS: "4", DISCORD_SHARD_IDS: "0", DISCORD_SHARD_COUNT: "4" }, "DISCORD_SHARDS: is for all"],
  ])("are refused as %o", (env, problem) => {
    expect(problemsOf(env)).toEqual([expect.stringContaining(problem)]);
  });
});
