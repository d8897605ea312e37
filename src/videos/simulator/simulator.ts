import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import type { DialectName } from "../dialect.ts";
import { createCharacters } from "./characters.ts";
import { serverDialects } from "./dialects.ts";
import { faults } from "./faults.ts";
import { renderCanned, renderClip } from "./renderer.ts";
import { createRoutes } from "./routes.ts";
import { createUploads } from "./uploads.ts";
import { createVideoLibrary } from "./video-library.ts";

const hourMs = 3_600_000;

/** A running server that speaks the Videos API and draws the videos itself. */
export interface Simulator {
  /** `http://127.0.0.1:PORT/v1`; any API key will do. */
  readonly baseUrl: string;
  /** What in a prompt makes something go wrong, for the help text. */
  readonly faults: readonly { readonly tag: string; readonly description: string }[];
  /** Takes no more requests and stops rendering; unfinished videos go on at the next start. */
  close(): Promise<void>;
}

export interface SimulatorOptions {
  /** Where videos outlive a restart; undefined: a temporary folder that `close` removes. */
  readonly dataDir: string | undefined;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Draw every video, or hand out one short clip of each size without any work (load tests). Default: ffmpeg. */
  readonly rendering?: "ffmpeg" | "canned";
  /** Factor on the time a video takes at least; 0: as fast as it can be drawn. Default 1: 7 s for a clip of 4 s. */
  readonly pace?: number;
  /** How long a video's files are kept, in milliseconds since its creation. Default: an hour. */
  readonly mediaLifetimeMs?: number;
  /** How it speaks: as which kind of server. Default: as OpenAI's API. */
  readonly dialect?: DialectName;
  /** The time in Unix milliseconds. */
  readonly clock?: () => number;
  readonly logger?: { error(fields: object, message: string): void };
}

/** Starts the simulator on the loopback interface. */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const {
    dataDir,
    port = 0,
    rendering = "ffmpeg",
    pace = 1,
    mediaLifetimeMs = hourMs,
    dialect: name = "openai",
    clock = Date.now,
    logger,
  } = options;
  const root = dataDir ?? (await mkdtemp(join(tmpdir(), "showreel-simulator-")));
  const dialect = serverDialects[name];
  if (dialect.forgets) await rm(join(root, "videos"), { recursive: true, force: true });
  const library = await createVideoLibrary({
    directory: join(root, "videos"),
    render: rendering === "canned" ? renderCanned : renderClip,
    clock,
    pace,
    mediaLifetimeMs,
    onError: (err, videoId) => logger?.error({ err, videoId }, "a simulated video could not be rendered"),
  });
  const routes = createRoutes({
    dialect,
    library,
    characters: await createCharacters({ directory: join(root, "characters"), clock }),
    uploads: await createUploads(join(root, "uploads")),
    onError: (err) => logger?.error({ err }, "the simulator could not answer a request"),
  });
  const server = createServer(getRequestListener(routes.fetch));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${taken}/v1`,
    faults,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await library.close();
      if (dataDir === undefined) await rm(root, { recursive: true, force: true });
    },
  };
}
