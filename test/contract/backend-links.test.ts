import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { isPublicAddress } from "../../src/media/public-address.ts";
import { createBackendLinks } from "../../src/videos/backend-links.ts";

const KEY = "sk-canary";

/** A server that notes who asked with which key. */
async function startServer(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: { path: string; key: string | undefined; host: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const { url = "", headers } = request;
    asked.push({ path: url, key: headers.authorization, host: headers.host });
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, port, origin: `http://127.0.0.1:${port}` };
}

const bytes = Buffer.from("the whole video");
const serve = (_: unknown, response: ServerResponse) => response.end(bytes);
const redirect = (to: string) => (_: unknown, response: ServerResponse) =>
  response.writeHead(302, { location: to }).end();

/** Host names that stand for public hosts; they lead to servers of the test. */
const NAMES: Record<string, string[]> = {
  "files.example": ["127.0.0.1"],
  "mixed.example": ["127.0.0.1", "10.0.0.8"],
  "inside.example": ["10.0.0.8"],
};

function linksOf(
  baseUrl: string,
  options: { maxBytes?: number; resolve?: (host: string) => Promise<string[]> } = {},
) {
  return createBackendLinks({
    baseUrl,
    apiKey: KEY,
    resolve: async (host) => NAMES[host] ?? [],
    // To the test, this machine by a public name is a public host.
    allows: (address) => address === "127.0.0.1" || isPublicAddress(address),
    ...options,
  });
}

/** As in earnest: this machine is no public host. */
const strictLinks = (baseUrl: string) => createBackendLinks({ baseUrl, apiKey: KEY });

async function fetched(opened: ReturnType<ReturnType<typeof linksOf>["open"]>): Promise<Buffer> {
  return buffer((await opened).body);
}

const refused = { name: "ServiceError", service: "videos", code: "link_refused", retryable: false };

describe("an address of the configured server", () => {
  it.each(["/files/a.mp4", "videos/1/content?index=0"])(
    "%s is fetched with the key, wherever that is",
    async (path) => {
      const { origin, asked } = await startServer(serve);
      expect(await fetched(strictLinks(`${origin}/v1`).open(path))).toEqual(bytes);
      expect(asked).toMatchObject([{ key: `Bearer ${KEY}` }]);
      expect(asked[0]?.path).toBe(path.startsWith("/") ? path : `/v1/${path}`);
    },
  );

  it("keeps the key through redirects on the same server", async () => {
    const { origin, asked } = await startServer((request, response) =>
      request.url === "/a" ? redirect("/b")(request, response) : serve(request, response),
    );
    await fetched(strictLinks(origin).open("/a"));
    expect(asked.map(({ path, key }) => [path, key])).toEqual([
      ["/a", `Bearer ${KEY}`],
      ["/b", `Bearer ${KEY}`],
    ]);
  });
});

describe("an address elsewhere", () => {
  it("is fetched without the key", async () => {
    const backend = await startServer(serve);
    const files = await startServer(serve);
    const address = `http://files.example:${files.port}/a.mp4?sig=canary`;
    expect(await fetched(linksOf(backend.origin).open(address))).toEqual(bytes);
    expect(files.asked).toMatchObject([{ key: undefined, host: `files.example:${files.port}` }]);
  });

  it("gets no key behind a redirect, nor does the server itself when that sends back", async () => {
    const backend: Awaited<ReturnType<typeof startServer>> = await startServer((request, response) =>
      request.url === "/a"
        ? redirect(`http://files.example:${files.port}/b`)(request, response)
        : serve(request, response),
    );
    const files = await startServer((request, response) =>
      redirect(`http://files.example:${backend.port}/c`)(request, response),
    );
    await fetched(linksOf(backend.origin).open("/a"));
    expect(files.asked.map(({ key }) => key)).toEqual([undefined]);
    expect(backend.asked.map(({ path, key }) => [path, key])).toEqual([
      ["/a", `Bearer ${KEY}`],
      ["/c", undefined],
    ]);
  });

  it.each([
    "http://127.0.0.1:PORT/",
    "http://localhost:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f.1:PORT/",
    "http://[::1]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.8/",
    "http://0.0.0.0:PORT/",
  ])("%s is not fetched: it is not public", async (address) => {
    const backend = await startServer(serve);
    const inside = await startServer(serve);
    const links = strictLinks(backend.origin.replace("127.0.0.1", "localhost.example"));
    await expect(links.open(address.replace("PORT", String(inside.port)))).rejects.toMatchObject(refused);
    expect(inside.asked).toEqual([]);
  });

  it.each(["mixed.example", "inside.example"])("%s has an address that is not public", async (host) => {
    const files = await startServer(serve);
    const links = linksOf("http://backend.example/v1");
    await expect(links.open(`http://${host}:${files.port}/`)).rejects.toMatchObject(refused);
    expect(files.asked).toEqual([]);
  });

  it("is looked up once: what the name leads to a moment later changes nothing", async () => {
    const files = await startServer(serve);
    const answers = [["127.0.0.1"], ["10.0.0.8"]];
    const links = linksOf("http://backend.example/v1", { resolve: async () => answers.shift() ?? [] });
    expect(await fetched(links.open(`http://rebound.example:${files.port}/`))).toEqual(bytes);
    expect(answers).toHaveLength(1);
  });

  it("does not lead into the network by a redirect, not even to the server itself", async () => {
    const files = await startServer(redirect("http://10.0.0.8/secret"));
    const links = linksOf("http://backend.example/v1");
    await expect(links.open(`http://files.example:${files.port}/`)).rejects.toMatchObject(refused);
  });

  it("does not lead on and on", async () => {
    const files = await startServer(redirect("/again"));
    const links = linksOf("http://backend.example/v1");
    await expect(links.open(`http://files.example:${files.port}/`)).rejects.toMatchObject(refused);
    expect(files.asked).toHaveLength(4);
  });

  it.each(["file:///etc/passwd", "ftp://files.example/a", "http://a:b@files.example/", "http://", "//"])(
    "%s is no address to be fetched",
    async (address) => {
      await expect(linksOf("http://backend.example/v1").open(address)).rejects.toMatchObject({
        name: "ServiceError",
      });
    },
  );
});

describe("what is sent", () => {
  it("is not begun when it says that it is too long", async () => {
    const { origin } = await startServer((_, response) =>
      response.writeHead(200, { "content-length": "11" }).end("x".repeat(11)),
    );
    await expect(linksOf(origin, { maxBytes: 10 }).open("/a")).rejects.toMatchObject(refused);
  });

  it("is cut off when it does not end", async () => {
    const { origin } = await startServer((_, response) => {
      const more = () =>
        void response.write("x".repeat(1_000), () => !response.destroyed && setImmediate(more));
      more();
    });
    const { body } = await linksOf(origin, { maxBytes: 100_000 }).open("/a");
    await expect(buffer(body)).rejects.toMatchObject({ code: "too_large" });
  });

  it.each([
    [404, "not_ready", true],
    [403, "http_403", false],
    [500, "http_500", true],
  ])("an answer of %i is %s, and no error names the address", async (status, code, retryable) => {
    const { origin } = await startServer((_, response) => response.writeHead(status).end());
    const error = await linksOf(origin)
      .open("/a.mp4?sig=canary")
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "ServiceError", code, retryable });
    expect(String(error)).not.toContain("canary");
  });
});
