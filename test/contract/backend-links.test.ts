import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  bytes,
  fetched,
  KEY,
  linksOf,
  redirect,
  refused,
  serve,
  startServer,
  strictLinks,
} from "../fixtures/backend-links.ts";
import { createPictureServer } from "../servers/picture-server.ts";

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

describe("where the key goes", () => {
  it("is the configured server by its whole address, however that is written, and wherever its name leads", async () => {
    const { port, asked } = await startServer(serve);
    const links = linksOf(`http://Backend.example:${port}/v1`, {
      resolve: async () => ["127.0.0.1"],
      allows: () => false,
    });
    const addresses = [`http://backend.EXAMPLE:${port}/a`, `//backend.example:${port}/a`, "../a", "/v1/../a"];
    for (const address of addresses) await fetched(links.open(address));
    expect(asked).toEqual(
      addresses.map(() => ({ path: "/a", key: `Bearer ${KEY}`, host: `backend.example:${port}` })),
    );
  });

  it.each([
    "//files.example:PORT/a",
    "\\\\files.example:PORT\\a",
    " http://files.example:PORT/a\n",
    "http://127.0.0.1:PORT/a",
    "http://backend.example.files.example:PORT/a",
    "http://files.example:PORT/a?from=http://backend.example/",
  ])("is not %j", async (address) => {
    const files = await startServer(serve);
    const links = linksOf("http://backend.example/v1", { resolve: async () => ["127.0.0.1"] });
    await fetched(links.open(address.replace("PORT", String(files.port))));
    expect(files.asked).toMatchObject([{ key: undefined }]);
  });

  it.each([301, 302, 303, 307, 308])("is no other port of the same host behind a %i", async (status) => {
    const other = await startServer(serve);
    const backend = await startServer((_, response) =>
      response.writeHead(status, { location: `${other.origin}/b` }).end(),
    );
    expect(await fetched(linksOf(backend.origin).open("/a"))).toEqual(bytes);
    expect(other.asked).toMatchObject([{ path: "/b", key: undefined }]);
    // Without the test's leave, that port is not even asked: it is in the network of one's own.
    await expect(strictLinks(backend.origin).open("/a")).rejects.toMatchObject(refused);
    expect(other.asked).toHaveLength(1);
  });

  it("is not the same host by https", async () => {
    const secure = await createPictureServer();
    onTestFinished(() => secure.close());
    secure.serve("/b", (response) => response.writeHead(200).end(bytes));
    const backend = await startServer(redirect(secure.link("/b")));
    const links = linksOf(`http://pictures.example:${backend.port}`, {
      resolve: async () => ["127.0.0.1"],
      certificates: secure.certificate,
    });
    expect(await fetched(links.open("/a"))).toEqual(bytes);
    expect(backend.asked).toMatchObject([{ key: `Bearer ${KEY}` }]);
    expect(secure.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    // Whoever cannot prove its name is not asked.
    const impostor = linksOf("http://backend.example", { resolve: async () => ["127.0.0.1"] });
    await expect(impostor.open(secure.link("/b"))).rejects.toMatchObject({ code: "unavailable" });
    expect(secure.requests).toHaveLength(1);
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
    "http://127.1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://0x7f000001:PORT/",
    "http://１２７.0.0.1:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://[::]:PORT/",
    "http://[0:0:0:0:0:ffff:7f00:1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
    "http://[fc00::1]/",
    "http://[fe80::1]/",
    "http://192.168.0.1/",
    "http://172.16.0.1/",
    "http://100.64.0.1/",
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

  it("is looked up again for each redirect", async () => {
    const files = await startServer(redirect("/b"));
    const answers = [["127.0.0.1"], ["10.0.0.8"]];
    const links = linksOf("http://backend.example/v1", { resolve: async () => answers.shift() ?? [] });
    await expect(links.open(`http://rebound.example:${files.port}/a`)).rejects.toMatchObject(refused);
    expect([files.asked.map(({ path }) => path), answers]).toEqual([["/a"], []]);
  });

  it.each([
    "http://10.0.0.8/secret",
    "http://inside.example/",
    "http://[::ffff:169.254.169.254]/latest/meta-data",
    "file:///etc/passwd",
    "http://me:secret@files.example/",
    "http://",
  ])("does not lead to %s by a redirect", async (location) => {
    const files = await startServer(redirect(location));
    const links = linksOf("http://backend.example/v1");
    await expect(links.open(`http://files.example:${files.port}/`)).rejects.toMatchObject(refused);
  });

  it("does not lead to the server itself, where that is in the network", async () => {
    const backend = await startServer(serve);
    const files = await startServer(
      redirect(`${backend.origin.replace("127.0.0.1", "backend.example")}/admin`),
    );
    const links = linksOf(`http://backend.example:${backend.port}`, {
      resolve: async (host) => (host === "backend.example" ? ["127.0.0.9"] : ["127.0.0.1"]),
    });
    await expect(links.open(`http://files.example:${files.port}/`)).rejects.toMatchObject(refused);
    expect(backend.asked).toEqual([]);
  });

  it("leads on three times, and no further", async () => {
    const hops = (most: number) => (request: IncomingMessage, response: ServerResponse) => {
      const hop = Number(request.url?.slice(1));
      return hop < most ? redirect(String(hop + 1))(request, response) : serve(request, response);
    };
    const links = linksOf("http://backend.example/v1");
    const near = await startServer(hops(3));
    expect(await fetched(links.open(`http://files.example:${near.port}/0`))).toEqual(bytes);
    const far = await startServer(hops(4));
    await expect(links.open(`http://files.example:${far.port}/0`)).rejects.toMatchObject(refused);
    expect(far.asked.map(({ path }) => path)).toEqual(["/0", "/1", "/2", "/3"]);
  });

  it.each([
    ...["file:///etc/passwd", "ftp://files.example/a", "data:video/mp4;base64,AAAA", "javascript:alert(1)"],
    ...["http://a:b@files.example/", "http://me@files.example/", "http://:secret@backend.example/v1/a"],
    ...["http://", "//", "http://files.example:99999/"],
  ])("%s is no address to be fetched", async (address) => {
    await expect(linksOf("http://backend.example/v1").open(address)).rejects.toMatchObject(refused);
  });
});
