import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLinkOpener } from "../../../src/media/image-link.ts";
import { isPublicAddress } from "../../../src/media/public-address.ts";
import { thumbnailBytes } from "../../fakes/fake-videos-client.ts";
import { createPictureServer, type PictureServer } from "../../servers/picture-server.ts";

const MAX_BYTES = 1024 ** 2;
/** Where names lead, in the place of the public internet's name servers. */
const NAMES: Record<string, string[]> = {
  "pictures.example": ["127.0.0.1"],
  "mirror.example": ["127.0.0.1"],
  "inside.example": ["10.0.0.7"],
  "half.example": ["127.0.0.1", "10.0.0.7"],
  "mapped.example": ["::ffff:169.254.169.254"],
};

let server: PictureServer;
beforeEach(async () => {
  server = await createPictureServer();
});
afterEach(() => server.close());

/** The public internet, on which the server's own address counts as public. */
function opener(network: Partial<Parameters<typeof createLinkOpener>[0]> = {}) {
  return createLinkOpener({
    maxBytes: MAX_BYTES,
    resolve: async (hostname) => NAMES[hostname] ?? [],
    allows: (address) => address === "127.0.0.1" || isPublicAddress(address),
    port: server.port,
    certificates: server.certificate,
    timeoutMs: 10_000,
    ...network,
  });
}

const NEVER = new AbortController().signal;

async function fetched(
  address: string,
  network?: Partial<Parameters<typeof createLinkOpener>[0]>,
): Promise<Buffer> {
  return buffer(await opener(network)(address).open(NEVER));
}

function picture(path = "/cat.webp"): void {
  server.serve(path, (response) =>
    response.writeHead(200, { "content-type": "image/webp" }).end(thumbnailBytes),
  );
}

const refused = (code: string) => ({ name: "UserError", code, option: "image" });

describe("an address", () => {
  it("gives a picture that is named after its file and can be opened again by its address", () => {
    const image = opener()(`  ${server.link("/album/cat.webp?size=large")} `);
    expect(image).toMatchObject({ filename: "cat.webp", contentType: "image/*" });
    expect(image.reference).toBe(server.link("/album/cat.webp?size=large"));
    expect(opener()(server.link("/")).filename).toBe("pictures.example");
    expect(server.requests).toEqual([]);
  });

  it.each([
    "http://pictures.example/cat.png",
    "ftp://pictures.example/cat.png",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "blob:https://pictures.example/1",
    "javascript:alert(1)",
    "//pictures.example/cat.png",
    "pictures.example/cat.png",
    "https://",
    "",
  ])("is not %j", (address) => {
    expect(() => opener()(address)).toThrow(expect.objectContaining(refused("image_link_https")));
  });

  it("has no name, password or unusual port in it", () => {
    const open = createLinkOpener({ maxBytes: MAX_BYTES });
    const credentials = expect.objectContaining(refused("image_link_credentials"));
    expect(() => open("https://me@pictures.example/cat.png")).toThrow(credentials);
    expect(() => open("https://:secret@pictures.example/cat.png")).toThrow(credentials);
    const port = expect.objectContaining(refused("image_link_port"));
    expect(() => open("https://pictures.example:8443/cat.png")).toThrow(port);
    expect(open("https://pictures.example:443/cat.png").filename).toBe("cat.png");
  });

  it.each([
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "１２７.0.0.1",
    "10.0.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "[::1]",
    "[::]",
    "[fc00::1]",
    "[fe80::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::7f00:1]",
  ])("leads to no host inside: %s", (host) => {
    const open = createLinkOpener({ maxBytes: MAX_BYTES });
    expect(() => open(`https://${host}/cat.png`)).toThrow(
      expect.objectContaining(refused("image_link_private")),
    );
  });

  it("leads to no host inside by the name of localhost", async () => {
    const image = createLinkOpener({ maxBytes: MAX_BYTES })("https://localhost/cat.png");
    await expect(image.open(NEVER)).rejects.toMatchObject(refused("image_link_private"));
  });
});

describe("a link", () => {
  it("gives the bytes, and sends nothing but what it wants", async () => {
    picture("/cat.webp?size=large");
    expect(await fetched(server.link("/cat.webp?size=large"))).toEqual(thumbnailBytes);
    const [request] = server.requests;
    expect(request?.host).toBe(`pictures.example:${server.port}`);
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual([
      "accept",
      "accept-encoding",
      "connection",
      "host",
      "user-agent",
    ]);
  });

  it("tries every address of a host", async () => {
    picture();
    const network = { resolve: async () => ["127.0.0.9", "127.0.0.1"], allows: () => true };
    expect(await fetched(server.link("/cat.webp"), network)).toEqual(thumbnailBytes);
  });

  it("goes to the address that was checked, whatever the name server says a moment later", async () => {
    picture();
    const answers = [["127.0.0.1"], ["10.0.0.7"]];
    const resolve = async () => answers.shift() ?? [];
    expect(await fetched(server.link("/cat.webp"), { resolve })).toEqual(thumbnailBytes);
    expect(answers).toEqual([["10.0.0.7"]]);
  });

  it.each(["inside.example", "half.example", "mapped.example"])(
    "leads to no host inside: %s",
    async (host) => {
      const open = fetched(server.link("/cat.webp", host));
      await expect(open).rejects.toMatchObject(refused("image_link_private"));
      expect(server.requests).toEqual([]);
    },
  );

  it("is unreachable where the host has no address, does not listen, or is not who it says", async () => {
    const unreachable = refused("image_link_unreachable");
    await expect(fetched(server.link("/cat.webp", "nowhere.example"))).rejects.toMatchObject(unreachable);
    const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const resolve = () => Promise.reject(unknown);
    await expect(fetched(server.link("/cat.webp"), { resolve })).rejects.toMatchObject(unreachable);
    const elsewhere = { resolve: async () => ["127.0.0.9"], allows: () => true };
    await expect(fetched(server.link("/cat.webp"), elsewhere)).rejects.toMatchObject(unreachable);
    const impostor = { resolve: async () => ["127.0.0.1"] };
    await expect(fetched(server.link("/x", "other.example"), impostor)).rejects.toMatchObject(unreachable);
    await expect(fetched(server.link("/x"), { certificates: "" })).rejects.toMatchObject(unreachable);
    expect(server.requests).toEqual([]);
  });

  it("says what else is at the address", async () => {
    for (const status of [401, 403, 404, 410, 500, 204])
      server.serve(`/${status}`, (response) => response.writeHead(status).end());
    server.serve("/page", (response) =>
      response.writeHead(200, { "content-type": "Text/HTML; charset=utf-8" }).end("<p>"),
    );
    for (const [path, code] of [
      ["/401", "image_link_closed"],
      ["/403", "image_link_closed"],
      ["/404", "image_link_missing"],
      ["/410", "image_link_missing"],
      ["/500", "image_link_unreachable"],
      ["/204", "image_link_unreachable"],
      ["/page", "image_link_page"],
    ] as const) {
      await expect(fetched(server.link(path)), path).rejects.toMatchObject(refused(code));
    }
  });

  it("gives no more bytes than allowed, whatever was announced", async () => {
    const large = { name: "UserError", code: "image_too_large", message: expect.stringContaining("1 MB") };
    server.serve("/announced", (response) => {
      response.writeHead(200, { "content-length": MAX_BYTES + 1 }).flushHeaders();
    });
    await expect(fetched(server.link("/announced"))).rejects.toMatchObject(large);
    const closed = Promise.withResolvers<void>();
    server.serve("/endless", (response) => {
      const more = () => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on("drain", more).on("close", closed.resolve);
      more();
    });
    await expect(fetched(server.link("/endless"))).rejects.toMatchObject(large);
    await closed.promise;
    server.serve("/just", (response) => response.end(Buffer.alloc(MAX_BYTES)));
    expect(await fetched(server.link("/just"))).toHaveLength(MAX_BYTES);
  });

  it("gives up a body that trickles, a host that says nothing, and a name server that does not answer", async () => {
    const slow = refused("image_link_slow");
    server.serve("/trickle", (response) => void response.write("first"));
    server.serve("/silent", () => {});
    const timeoutMs = 100;
    await expect(fetched(server.link("/trickle"), { timeoutMs })).rejects.toMatchObject(slow);
    await expect(fetched(server.link("/silent"), { timeoutMs })).rejects.toMatchObject(slow);
    const resolve = () => new Promise<never>(() => {});
    await expect(fetched(server.link("/x"), { resolve, timeoutMs })).rejects.toMatchObject(slow);
    const image = opener()(server.link("/silent"));
    await expect(image.open(AbortSignal.timeout(100))).rejects.toMatchObject(slow);
  });

  it("does not take half a picture for a whole one", async () => {
    server.serve("/half", (response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write("half", () => response.destroy());
    });
    await expect(fetched(server.link("/half"))).rejects.toMatchObject(refused("image_link_unreachable"));
  });

  it("closes the connection when nobody reads on", async () => {
    const closed = Promise.withResolvers<void>();
    server.serve("/trickle", (response) => {
      response.on("close", closed.resolve);
      response.write("first");
    });
    const body = await opener()(server.link("/trickle")).open(NEVER);
    body.destroy();
    await closed.promise;
  });
});

describe("a redirect", () => {
  it("is followed to the same host and to another, three times at most", async () => {
    picture();
    server.redirect("/1", "/2", 301);
    server.redirect("/2", server.link("/3", "mirror.example"), 307);
    server.redirect("/3", "cat.webp", 308);
    server.redirect("/0", "/1");
    expect(await fetched(server.link("/1"))).toEqual(thumbnailBytes);
    expect(server.requests.map(({ host }) => host?.split(":")[0])).toEqual([
      "pictures.example",
      "pictures.example",
      "mirror.example",
      "mirror.example",
    ]);
    await expect(fetched(server.link("/0"))).rejects.toMatchObject(refused("image_link_redirects"));
  });

  it.each([
    ["http", "http://pictures.example/cat.webp", "image_link_https"],
    ["a file", "file:///etc/passwd", "image_link_https"],
    ["nothing", "https://", "image_link_https"],
    ["credentials", "https://me:secret@pictures.example:PORT/", "image_link_credentials"],
    ["another port", "https://pictures.example:22/", "image_link_port"],
    ["a host inside", "https://inside.example:PORT/", "image_link_private"],
    ["a cloud's metadata", "https://169.254.169.254:PORT/latest/meta-data/", "image_link_private"],
    ["this machine", "https://[::1]:PORT/", "image_link_private"],
  ])("leads nowhere when it leads to %s", async (_, location, code) => {
    server.redirect("/out", location.replace("PORT", String(server.port)));
    await expect(fetched(server.link("/out"))).rejects.toMatchObject(refused(code));
    expect(server.requests).toHaveLength(1);
  });
});
