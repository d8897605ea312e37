import { join } from "node:path";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { plainText } from "../../src/chat/rich-text.ts";
import { openBackend } from "../../src/videos/backend.ts";
import { createSimulator } from "../../src/videos/simulator/simulator.ts";
import { freePort } from "../fixtures/listening.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

it("a backend that is away at the start is found when it comes: its dialect, its models, what it lacks", async () => {
  const folder = temporaryFolder(onTestFinished);
  const port = await freePort();
  const changed = Promise.withResolvers<void>();
  const backend = await openBackend({
    config: {
      OPENAI_API_KEY: undefined,
      OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      VIDEO_BACKEND: "auto",
      VIDEO_MODELS: undefined,
      MEDIA_URL: { kind: "file", directory: join(folder, "media") },
    },
    onChange: () => changed.resolve(),
    logger: pino({ level: "silent" }),
  });
  const said = () => backend.lines().map(plainText).join();
  expect(said()).toBe("Videos come from a server of the Videos API (it does not answer).");
  expect(backend.videos.supports("list")).toBe(true);

  const simulator = await createSimulator({
    dataDir: undefined,
    rendering: "canned",
    dialect: "openrouter",
    port,
  });
  onTestFinished(() => simulator.close());
  backend.watch.start();
  onTestFinished(() => backend.watch.stop());
  await changed.promise;
  expect(said()).toBe("Videos come from OpenRouter (by how it describes its models).");
  expect(backend.videos.supports("list")).toBe(false);
  expect(backend.catalog.models.map(({ label }) => label)).toEqual(["Google: Veo 3.1"]);
  expect(backend.catalog.defaults).toEqual({ model: "google/veo-3.1", seconds: "4", size: "1280x720" });
});
