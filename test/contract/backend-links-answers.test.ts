import { buffer } from "node:stream/consumers";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { bytes, linksOf, NAMES, redirect, refused, startServer } from "../fixtures/backend-links.ts";

describe("what is sent", () => {
  it("is not begun when it says that it is too long", async () => {
    const { origin } = await startServer((_, response) =>
      response.writeHead(200, { "content-length": "11" }).end("x".repeat(11)),
    );
    await expect(linksOf(origin, { maxBytes: 10 }).open("/a")).rejects.toMatchObject(refused);
  });

  it("may be as long as allowed, said or unsaid, with its type", async () => {
    const { origin } = await startServer((request, response) => {
      response.writeHead(200, {
        "content-type": "video/mp4",
        ...(request.url === "/said" && { "content-length": bytes.length }),
      });
      response.end(bytes);
    });
    for (const path of ["/said", "/unsaid"]) {
      const { body, type } = await linksOf(origin, { maxBytes: bytes.length }).open(path);
      expect([type, await buffer(body)]).toEqual(["video/mp4", bytes]);
      await expect(
        linksOf(origin, { maxBytes: bytes.length - 1 })
          .open(path)
          .then(({ body }) => buffer(body)),
      ).rejects.toMatchObject({ name: "ServiceError", retryable: false });
    }
  });

  it("stops when nobody wants it any more", async () => {
    const closed = Promise.withResolvers<void>();
    const { origin } = await startServer((_, response) => {
      response.on("close", closed.resolve).write("x");
    });
    const { body } = await linksOf(origin).open("/a");
    await body.cancel();
    await closed.promise;
  });

  it("is an error where the line is cut", async () => {
    const { origin } = await startServer((_, response) => {
      response.writeHead(200, { "content-length": 100 }).write("x", () => response.destroy());
    });
    const { body } = await linksOf(origin).open("/a");
    await expect(buffer(body)).rejects.toThrow();
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
    ...[404, 409, 422, 425].map((status) => [status, "not_ready", true] as const),
    ...[500, 502, 503, 429].map((status) => [status, `http_${status}`, true] as const),
    ...[400, 401, 403, 410, 302].map((status) => [status, `http_${status}`, false] as const),
  ])("with %i is %s", async (status, code, retryable) => {
    const { origin } = await startServer((_, response) => response.writeHead(status).end());
    await expect(linksOf(origin).open("/a")).rejects.toMatchObject({ name: "ServiceError", code, retryable });
  });
});

describe("no error names an address, which can be signed", () => {
  const signed = "/canary.mp4?signature=canary";

  it.each<[string, (port: number) => string, string]>([
    ["one that answers badly", (port) => `http://files.example:${port}${signed}`, "http_500"],
    ["one that cannot be reached", () => `http://files.example:9${signed}`, "unavailable"],
    ["one whose host has no address", () => `http://nowhere.example${signed}`, "unavailable"],
    ["one whose host is not known", () => `http://unknown.example${signed}`, "unavailable"],
    ["one that is cut", (port) => `http://files.example:${port}/cut${signed}`, "unavailable"],
    ["one that is no HTTP", (port) => `http://files.example:${port}/noise${signed}`, "unavailable"],
    ["one in the network", () => `http://10.0.0.8${signed}`, "link_refused"],
    ["one of another kind", () => `ftp://files.example${signed}`, "link_refused"],
    ["one with a password", () => `http://canary:canary@files.example${signed}`, "link_refused"],
    ["one that leads on and on", (port) => `http://files.example:${port}/on${signed}`, "link_refused"],
    ["one that leads into the network", (port) => `http://files.example:${port}/in${signed}`, "link_refused"],
    ["one that is too large", (port) => `http://files.example:${port}/large${signed}`, "link_refused"],
  ])("%s", async (_, address, code) => {
    const { port } = await startServer((request, response) => {
      const path = request.url ?? "";
      if (path.startsWith("/cut")) return response.destroy();
      if (path.startsWith("/noise")) return response.socket?.end(`canary ${path}\r\n\r\n`);
      if (path.startsWith("/on")) return redirect(path)(request, response);
      if (path.startsWith("/in")) return redirect(`http://10.0.0.8${signed}`)(request, response);
      if (path.startsWith("/large"))
        return response.writeHead(200, { "content-length": 99 }).end("x".repeat(99));
      return response.writeHead(500).end();
    });
    const resolve = async (host: string) => {
      if (host === "unknown.example")
        throw Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
      return NAMES[host] ?? [];
    };
    const links = linksOf("http://backend.example/v1", { maxBytes: 50, resolve });
    const error: unknown = await links.open(address(port)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "ServiceError",
      service: "videos",
      code,
      retryable: code !== "link_refused",
    });
    expect(String(error)).not.toMatch(/canary|example|127\.0|10\.0/);
    // What is logged has the cause as well, which may name a host; never what comes after it, nor the key.
    expect(inspect(error, { depth: 9 })).not.toMatch(/signature|canary/);
  });
});
