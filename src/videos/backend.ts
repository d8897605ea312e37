import { dirname, join } from "node:path";
import type { Line } from "../chat/rich-text.ts";
import type { Config } from "../config.ts";
import type { Logger } from "../logger.ts";
import { createRepetition, type Repetition } from "../repeat.ts";
import { type Catalog, createLiveCatalog, defaultCatalog } from "./catalog.ts";
import { type Detection, detectBackend } from "./detection.ts";
import { type Dialect, OPTIONAL_OPERATIONS } from "./dialect.ts";
import { dialects } from "./dialects.ts";
import { catalogFrom } from "./listed-models.ts";
import { readModelFile } from "./model-file.ts";
import { createWebhookReader } from "./openai-calls.ts";
import type { Simulator } from "./simulator/simulator.ts";
import { createVideosClient, type VideosClient } from "./videos-client.ts";

/** The server that makes the videos, as it is configured and as it was found. */
export interface Backend {
  videos: VideosClient;
  /** Its models; replaced when it is reached for the first time after the start. */
  catalog: Catalog;
  /** How it speaks, as far as is known. */
  dialect(): string;
  /** For the log: where it is. */
  name: string;
  simulator: Simulator | undefined;
  /** For people: what makes the videos, and how that is known. */
  lines(): Line[];
  /** Reads a webhook as it signs them; undefined where that does not hold, or it sends none. */
  readWebhook(secret: string): (body: string, headers: Headers) => Promise<unknown>;
  /** Whether it answers right now; costs nothing and changes nothing. */
  answers(): Promise<boolean>;
  /** Asks a server that did not answer at the start until it does. */
  watch: Repetition;
}

/** Where OpenAI's API is, which is what a key alone means. */
const OPENAI_URL = "https://api.openai.com/v1";
const ASK_AGAIN_MS = 30_000;

/**
 * Opens the configured backend, or the embedded one, and finds out without cost what it is and has; one that does not
 * answer now is taken for a tolerant one until it does.
 * @param onChange hears that models or operations came or went. @throws UserError for a file of models that does not hold.
 */
export async function openBackend(options: {
  config: Pick<Config, "OPENAI_API_KEY" | "OPENAI_BASE_URL" | "VIDEO_BACKEND" | "VIDEO_MODELS" | "MEDIA_URL">;
  onChange: () => void;
  logger: Logger;
}): Promise<Backend> {
  const { config, onChange, logger } = options;
  const { VIDEO_BACKEND: choice, VIDEO_MODELS: file } = config;
  const configured = file === undefined ? undefined : await readModelFile(file);
  const { simulator, apiKey, baseUrl } = await openServer(config, logger);
  let found: Detection | undefined;

  function dialect(): Dialect {
    if (choice !== "auto") return dialects[choice];
    return dialects[found?.dialect ?? (config.OPENAI_BASE_URL === undefined ? "openai" : "generic")];
  }

  function models(): Catalog {
    if (configured) return configured;
    return found?.reached ? catalogFrom(found.models, defaultCatalog, dialect()) : defaultCatalog;
  }

  async function ask(): Promise<void> {
    found = await detectBackend({ baseUrl, apiKey });
    const { reason, reached, lacks } = found;
    const told = { backend: baseUrl, dialect: dialect().name, reason, lacks };
    if (reached) logger.info(told, "backend found");
    else logger.warn(told, "the backend does not answer yet; it is asked again");
  }

  // The simulator's own dialect holds no surprise, and nothing is left to ask at OpenAI's.
  const isKnown = simulator ? dialect() === dialects.openai : config.OPENAI_BASE_URL === undefined;
  if (!isKnown) await ask();
  const catalog = createLiveCatalog(models());
  const videos = createVideosClient({
    apiKey,
    baseUrl,
    dialect,
    lacks: () => found?.lacks ?? [],
    onMissing(operation) {
      logger.warn({ operation }, "the backend does not have this; it is switched off for an hour");
      onChange();
    },
  });
  /** All that is offered, to tell whether it has changed. */
  const supported = () =>
    [dialect().name, found?.reached, ...OPTIONAL_OPERATIONS.filter(videos.supports)].join(" ");
  let known = supported();

  return {
    videos,
    catalog,
    simulator,
    dialect: () => dialect().name,
    name: simulator ? "simulator" : baseUrl,
    lines() {
      const { label } = dialect();
      const known = choice === "auto" ? found?.reason : "as it is set up";
      const why = known === undefined ? "" : ` (${known})`;
      return [["Videos come from ", { bold: simulator ? `the simulator, as ${label}` : label }, `${why}.`]];
    },
    readWebhook(secret) {
      const readers = { standard: createWebhookReader(secret) };
      return async (body, headers) => {
        const { webhooks } = dialect();
        return webhooks && readers[webhooks](body, headers);
      };
    },
    answers: async () => (await detectBackend({ baseUrl, apiKey })).reached,
    watch: createRepetition({
      async work() {
        if (!isKnown && !found?.reached) {
          await ask();
          if (found?.reached) catalog.replace(models());
        }
        // What was missing comes back after a while, and nobody says so.
        const now = supported();
        if (now !== known) onChange();
        known = now;
      },
      everyMs: ASK_AGAIN_MS,
      onError: (err) => logger.warn({ err }, "backend could not be looked at"),
    }),
  };
}

/** The backend that is configured, or the embedded one. */
async function openServer(
  config: Parameters<typeof openBackend>[0]["config"],
  logger: Logger,
): Promise<{ apiKey: string; baseUrl: string; simulator: Simulator | undefined }> {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, VIDEO_BACKEND: choice, MEDIA_URL } = config;
  if (apiKey !== undefined || baseUrl !== undefined) {
    // Servers of one's own often ask for no key; the client insists on having one to send.
    return { apiKey: apiKey ?? "none", baseUrl: baseUrl ?? OPENAI_URL, simulator: undefined };
  }
  const { createSimulator } = await import("./simulator/simulator.ts");
  const simulator = await createSimulator({
    dataDir: MEDIA_URL.kind === "file" ? join(dirname(MEDIA_URL.directory), "simulator") : "./data/simulator",
    dialect: choice === "auto" ? "openai" : choice,
    logger,
  });
  return { apiKey: "simulated", baseUrl: simulator.baseUrl, simulator };
}
