import { describe, expect, test } from "vitest";
import { faults } from "../../src/videos/simulator/faults.ts";
import { bytesOf, refusal, startSimulator } from "../fixtures/simulator.ts";

describe("faults", () => {
  test.each(faults.flatMap(({ tag, refusal: expected }) => (expected ? [{ tag, expected }] : [])))(
    "$tag refuses the request",
    async ({ tag, expected }) => {
      const { client, make } = await startSimulator();
      const error = await refusal(client.videos.create({ prompt: `a cat ${tag}` }));
      expect(error).toMatchObject({ status: expected.status, code: expected.code, type: expected.type });
      expect(error.headers?.get("retry-after") ?? undefined).toBe(expected.retryAfterSeconds?.toString());
      const { id } = await make("a cat");
      expect(await refusal(client.videos.remix(id, { prompt: tag }))).toMatchObject({ code: expected.code });
    },
  );

  test.each([
    ["[fail]", "video_generation_failed"],
    ["[moderation-late]", "moderation_blocked"],
  ])("%s fails the video later", async (tag, code) => {
    const { make } = await startSimulator();
    expect(await make(tag)).toMatchObject({ status: "failed", completed_at: null, error: { code } });
  });

  test("[stuck] never ends", async () => {
    const { client, pass, begin } = await startSimulator({ pace: 1 });
    const id = await begin("a cat [stuck]");
    pass(600_000);
    expect(await client.videos.retrieve(id)).toMatchObject({ status: "in_progress", progress: 42 });
  });

  test("[slow] takes ten times as long", async () => {
    const { client, pass, begin } = await startSimulator({ pace: 1 });
    const usual = await begin("a cat");
    const slow = await begin("a cat [slow]");
    pass(20_000);
    expect(await client.videos.retrieve(usual)).toMatchObject({ status: "completed" });
    expect(await client.videos.retrieve(slow)).toMatchObject({ status: "in_progress" });
    pass(50_000);
    expect(await client.videos.retrieve(slow)).toMatchObject({ status: "completed" });
  });

  test("[broken] sends half of the file", async () => {
    const { client, make } = await startSimulator();
    const whole = await bytesOf(client.videos.downloadContent((await make("a cat")).id));
    const half = await bytesOf(client.videos.downloadContent((await make("a cat [broken]")).id));
    expect(half).toEqual(whole.subarray(0, Math.floor(whole.length / 2)));
  });
});
