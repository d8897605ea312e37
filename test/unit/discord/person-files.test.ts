import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileOpener } from "../../../src/discord/person-files.ts";
import { createHttpServer, type HttpServer, route } from "../../servers/http-server.ts";

let server: HttpServer;

beforeEach(async () => {
  server = await createHttpServer({
    routes: [
      route("GET /cat.png", () => ({ status: 200, body: "a cat" })),
      route("GET /moved.png", () => ({ status: 302, headers: { location: "/cat.png" } })),
      route("GET /gone.png", () => ({ status: 404, body: "gone" })),
      route("GET /broken.png", () => ({ status: 503, body: "broken" })),
    ],
  });
});

afterEach(() => server.close());

async function open(url: string, apiUrl: string | undefined = `${server.origin}/api`): Promise<string> {
  const image = createFileOpener({ apiUrl })({ name: "cat.png", contentType: null, size: 5, url });
  return text(await image.open(AbortSignal.timeout(5_000)));
}

describe("a person's file", () => {
  it("is read from the API's own origin", async () => {
    await expect(open(`${server.origin}/cat.png`)).resolves.toBe("a cat");
  });

  it.each([
    "https://evil.example/cat.png",
    "https://cdn.discordapp.com.evil.example/cat.png",
    "https://cdn.discordapp.com@127.0.0.1/cat.png",
    "http://cdn.discordapp.com/cat.png",
    "https://cdn.discordapp.com:8443/cat.png",
    "file:///etc/passwd",
    "no address",
  ])("is not read from %s", async (url) => {
    await expect(open(url)).rejects.toMatchObject({ code: "foreign_host", retryable: false });
    const discords = createFileOpener({ apiUrl: undefined })({ name: "a", contentType: null, size: 1, url });
    await expect(discords.open(AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: "foreign_host" });
  });

  it("is not read from Discord's hosts where the API lies elsewhere, nor the other way round", async () => {
    await expect(open("https://cdn.discordapp.com/cat.png")).rejects.toMatchObject({ code: "foreign_host" });
    const discords = createFileOpener({ apiUrl: undefined });
    const image = discords({ name: "a", contentType: null, size: 1, url: `${server.origin}/cat.png` });
    await expect(image.open(AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: "foreign_host" });
  });

  it("is not followed to where it was moved", async () => {
    await expect(open(`${server.origin}/moved.png`)).rejects.toMatchObject({ code: "unavailable" });
    expect(server.requests.map(({ path }) => path)).toEqual(["/moved.png"]);
  });

  it("is waited for only where that may help", async () => {
    await expect(open(`${server.origin}/gone.png`)).rejects.toMatchObject({ retryable: false });
    await expect(open(`${server.origin}/broken.png`)).rejects.toMatchObject({ retryable: true });
  });
});
