import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { toFile } from "openai";
import { expect, onTestFinished, test } from "vitest";
import { drawPicture, refusal, startSimulator } from "../fixtures/simulator.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

test("bodies that the simulator takes are recorded, forms as objects of their fields", async () => {
  const recordTo = temporaryFolder(onTestFinished);
  const { client, make } = await startSimulator({ recordTo });
  const input_reference = await toFile(await drawPicture("720x1280"), "p.png", { type: "image/png" });
  await client.videos.create({ prompt: "a kite", input_reference });
  await refusal(client.videos.create({ prompt: " " }));
  const { id } = await make("a boat");
  await client.videos.edit({ prompt: "in snow", video: { id } });
  await client.videos.remix(id, { prompt: "at night" });

  const lines = (await readFile(join(recordTo, "videos.jsonl"), "utf8")).trim().split("\n");
  const mediaType = "multipart/form-data";
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      operation: "POST /videos",
      mediaType,
      body: { prompt: "a kite", input_reference: { $file: "image/png" } },
    },
    { operation: "POST /videos", mediaType, body: { prompt: "a boat" } },
    { operation: "POST /videos/edits", mediaType, body: { prompt: "in snow", video: { id } } },
    {
      operation: `POST /videos/${id}/remix`,
      mediaType: "application/json",
      body: { prompt: "at night" },
    },
  ]);
});
