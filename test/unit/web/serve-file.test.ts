import { once } from "node:events";
import { get } from "node:http";
import { join } from "node:path";
import { Hono } from "hono";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { createFileMediaStore } from "../../../src/media/file-media-store.ts";
import { serveFile } from "../../../src/web/media-routes.ts";
import { createWebServer } from "../../../src/web/server.ts";
import { temporaryFolder } from "../../fixtures/temporary-folder.ts";

const logger = pino({ level: "silent" });
const key = "job1/video.mp4";
/** More than one piece of a stream. */
const video = Buffer.alloc(3 * 1024 ** 2, "reel");

async function openFiles() {
  const directory = join(temporaryFolder(onTestFinished), "media");
  const media = await createFileMediaStore({ directory, maxTotalBytes: Number.POSITIVE_INFINITY, logger });
  await media.put(key, [video]);
  const app = new Hono();
  const file = { key, contentType: "video/mp4", filename: "video.mp4" };
  app.get("/video", async (c) => (await serveFile(c, file, media)) ?? c.notFound());
  return app;
}

test("a player may leave whenever it likes", async () => {
  const app = await openFiles();
  for (let read = 0; read < 4; read++) {
    const response = await app.request("/video");
    const reader = response.body?.getReader();
    for (let piece = 0; piece < read; piece++) await reader?.read();
    await reader?.cancel();
  }
  const half = (await app.request("/video")).body?.getReader();
  const pending = half?.read();
  await half?.cancel();
  expect(await pending).toBeDefined();
  expect(Buffer.from(await (await app.request("/video")).arrayBuffer())).toEqual(video);
});

test("the process stands it when players hang up", async () => {
  const server = createWebServer({
    ...{ host: "127.0.0.1", port: 0, ready: async () => ({ status: "ok", checks: {}, trouble: [] }), logger },
    playground: await openFiles(),
  });
  onTestFinished(server.close);
  const { url } = await server.listen();
  for (let time = 0; time < 50; time++) {
    const request = get(`${url}/video`, { headers: { range: `bytes=${time}-` } });
    request.on("error", () => {});
    const [response] = await once(request, "response");
    response.on("error", () => {});
    if (time % 2) await once(response, "data");
    request.destroy();
  }
  expect(Buffer.from(await (await fetch(`${url}/video`)).arrayBuffer())).toEqual(video);
});
