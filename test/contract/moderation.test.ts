import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createModeration } from "../../src/moderation/moderation.ts";
import {
  answerOf,
  bad,
  CANARY,
  clean,
  KEY,
  refusal,
  startEndpoint,
} from "../fixtures/moderations-endpoint.ts";
import type { Fault } from "../servers/faults.ts";
import type { HttpRequest } from "../servers/http-server.ts";

describe("the moderations endpoint", () => {
  it("is asked with the key, the model and the text, once", async () => {
    const { service, requests } = await startEndpoint();
    await expect(service.check({ text: "a boat" })).resolves.toEqual({ flagged: false, categories: [] });
    expect(requests.map(({ payload }) => payload)).toEqual([
      { model: "omni-moderation-latest", input: "a boat" },
    ]);
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it("says what it flags", async () => {
    const { service } = await startEndpoint(() => answerOf(bad));
    await expect(service.check({ text: "a fight" })).resolves.toEqual({
      flagged: true,
      categories: ["violence", "self-harm"],
    });
  });

  it("gets a picture with its text, as a data URL", async () => {
    const { service, requests } = await startEndpoint();
    const image = { bytes: Buffer.from([0, 1, 254, 255]), contentType: "image/webp" };
    await service.check({ text: "a boat", image });
    expect(requests.map(({ payload }) => payload)).toEqual([
      {
        model: "omni-moderation-latest",
        input: [
          { type: "text", text: "a boat" },
          { type: "image_url", image_url: { url: "data:image/webp;base64,AAH+/w==" } },
        ],
      },
    ]);
  });

  it("gets a long text in parts that overlap, the picture with the first, and one flag is enough", async () => {
    const textOf = ({ payload }: HttpRequest) => {
      const { input } = payload as { input: string | { text?: string }[] };
      return typeof input === "string" ? input : (input[0]?.text ?? "");
    };
    const { service, requests } = await startEndpoint((request) =>
      answerOf(textOf(request).includes("END") ? bad : clean),
    );
    const text = `${Array.from({ length: 5000 }, (_, n) => `🎬${n}`).join("")}END`;
    const image = { bytes: Buffer.from("x"), contentType: "image/png" };
    await expect(service.check({ text, image })).resolves.toMatchObject({ flagged: true });
    const parts = requests.map(textOf).toSorted((a, b) => text.indexOf(a) - text.indexOf(b));
    expect(parts).toHaveLength(4);
    let end = 0;
    for (const part of parts) {
      expect(Array.from(part).length).toBeLessThanOrEqual(8000);
      expect(part.isWellFormed()).toBe(true);
      const start = text.indexOf(part);
      expect(start).toBeLessThanOrEqual(Math.max(0, end - 400));
      end = start + part.length;
    }
    expect(end).toBe(text.length);
    expect(requests.filter(({ payload }) => JSON.stringify(payload).includes("data:image/png"))).toHaveLength(
      1,
    );
  });

  it("gets no half characters", async () => {
    const { service, requests } = await startEndpoint();
    await service.check({ text: "a \ud83d boat" });
    expect(requests[0]?.payload).toMatchObject({ input: "a \ufffd boat" });
  });
});

describe("moderation over the endpoint", () => {
  it.each<[string, Fault, string, string]>([
    ["refuses", answerOf(bad), "moderated", "(violence, self-harm)"],
    ["makes nothing unchecked", refusal(401), "moderation_unavailable", "Nothing was made"],
  ])("%s, and logs no prompt and no key", async (_, fault, code, words) => {
    const lines: string[] = [];
    const logger = pino({ level: "trace" }, { write: (line) => void lines.push(line) });
    const { service, spoil } = await startEndpoint();
    spoil(fault, 1);
    const checked = createModeration({ service, logger }).check({
      prompt: CANARY,
      jobId: "job_1",
      platform: "slack",
      person: "ada",
    });
    await expect(checked).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect(lines).toHaveLength(1);
    expect(lines.join("")).not.toMatch(new RegExp(`${CANARY}|${KEY}`));
  });
});
