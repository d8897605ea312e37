import { request } from "node:http";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { files, startGallerySite } from "../fixtures/gallery-site.ts";
import { nasty } from "../fixtures/nasty-text.ts";
import { startWebBot, type WebBot } from "../fixtures/web-bot.ts";

const general = { platform: "discord", workspace: "w1", channel: "general" } as const;
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Everything that takes a POST. */
const POSTS = ["/login", "/messages", "/form", "/commands/create", "/commands/settings", "/buttons"];

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
}

/** Asks for a path as it is spelled; fetch would tidy it. */
function ask(
  url: string,
  path: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asked = request({ hostname, port, path, method, headers }, async (response) => {
      let text = "";
      for await (const chunk of response.setEncoding("latin1")) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** A finished video on the page. */
async function videoOn(bot: WebBot): Promise<string> {
  await bot.post("/messages", { text: "a boat" });
  await expect.poll(async () => (await bot.jobs.active())[0]?.phase).toBe("rendering");
  const [job] = await bot.jobs.active();
  bot.memory.videos.complete(job?.video?.id ?? "");
  await bot.poll();
  await expect.poll(async () => (await bot.jobs.get(job?.id ?? ""))?.phase).toBe("delivered");
  return job?.id ?? "";
}

describe("every answer", () => {
  test("of the page says what it may load, and that its type is its type, errors too", async () => {
    const bot = await startWebBot({ password: "open sesame" });
    const open = await startWebBot();
    const asked = [
      await ask(bot.url, "/"),
      await ask(bot.url, "/login"),
      await ask(bot.url, "/nothing"),
      await ask(bot.url, "/", { headers: { host: "evil.example" } }),
      await ask(bot.url, "/login", { method: "POST", headers: { origin: "https://evil.example" } }),
      ...(await Promise.all(
        [
          "/",
          "/messages?before=x",
          "/completions?text=/video%20",
          "/nothing",
          "/media/x/video",
          "/assets/x/y",
        ].map((path) => ask(open.url, path)),
      )),
      ...(await Promise.all(
        POSTS.map((path) => ask(open.url, path, { method: "POST", headers: { origin: open.url } })),
      )),
    ];
    for (const { headers, status } of asked) {
      const said = [status, headers["content-security-policy"], headers["x-content-type-options"]];
      expect(said).toEqual([status, CSP, "nosniff"]);
      expect(headers["x-frame-options"]).toBe("DENY");
    }
    // Pages and errors alike.
    expect(new Set(asked.map(({ status }) => status)).size).toBeGreaterThan(5);
  });

  test("of a gallery as well, open, closed or refused", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "film000001" });
    const { pathname } = new URL(await site.address(general));
    const asked = await Promise.all([
      ask(site.url, pathname),
      ask(site.url, `${pathname}film000001`),
      ask(site.url, `${pathname}nothing`),
      ask(site.url, "/g/none/"),
      ask(site.url, "/g/"),
      ask(site.url, pathname, { headers: { host: "evil.example" } }),
      ask(site.url, pathname, { method: "POST" }),
    ]);
    for (const { headers, status } of asked) {
      const said = [status, headers["content-security-policy"], headers["x-content-type-options"]];
      expect(said).toEqual([status, CSP, "nosniff"]);
      expect(headers["referrer-policy"]).toBe("no-referrer");
    }
    expect(asked.map(({ status }) => status)).toEqual([200, 200, 404, 404, 404, 421, expect.any(Number)]);
  });
});

describe("another site's page", () => {
  test.each<[string, Record<string, string>]>([
    ["another origin", { origin: "https://evil.example" }],
    ["a browser's word that it is another site", { "sec-fetch-site": "cross-site" }],
    ["a browser's word that it is a neighbour", { "sec-fetch-site": "same-site" }],
    ["no word at all", {}],
  ])("can post nothing anywhere, with %s", async (_, headers) => {
    const bot = await startWebBot({ password: "open sesame" });
    const open = await startWebBot();
    const form = { "content-type": "application/x-www-form-urlencoded", ...headers };
    const body = "text=a+boat&prompt=a+boat&button=v1%3Alist%3Aall&password=open+sesame";
    for (const path of POSTS) {
      const { status, headers: answered } = await ask(open.url, path, {
        method: "POST",
        headers: form,
        body,
      });
      expect([path, status, answered["set-cookie"]]).toEqual([path, 403, undefined]);
    }
    const login = await ask(bot.url, "/login", { method: "POST", headers: form, body });
    expect([login.status, login.headers["set-cookie"]]).toEqual([403, undefined]);
    expect(await open.jobs.history({ platform: "web", workspace: "local" })).toEqual([]);
    expect(open.memory.videos.all()).toEqual([]);
  });
});

/** Ways out of a folder. */
const WAYS_OUT = [
  "../../package.json",
  "..%2f..%2fpackage.json",
  "%2e%2e/%2e%2e/package.json",
  "%252e%252e%252fpackage.json",
  "..%5c..%5cpackage.json",
  "..\\..\\package.json",
  "....//package.json",
  "%00",
  "video%00.mp4",
  "%c0%ae%c0%ae/package.json",
  "/etc/passwd",
  "%2fetc%2fpasswd",
  "file:///etc/passwd",
  "%",
  "__proto__",
  "constructor",
  "",
  ".",
  "..",
];

describe("a way out of the folder", () => {
  test("leads nowhere from the page's files, and no folder is listed", async () => {
    const bot = await startWebBot();
    const id = await videoOn(bot);
    expect((await ask(bot.url, `/media/${id}/video`)).status).toBe(200);
    const page = await (await fetch(bot.url)).text();
    const [, assets = ""] = /href="(\/assets\/[^/]+\/)page\.css"/.exec(page) ?? [];
    expect((await ask(bot.url, `${assets}page.css`)).status).toBe(200);
    const folders = [assets, "/assets/", "/media/", `/media/${id}/`, "/media/x/../", "/shown/", "/commands/"];
    for (const path of folders.flatMap((folder) => WAYS_OUT.map((way) => folder + way))) {
      const { status, text } = await ask(bot.url, path);
      const isRoot = new URL(path, bot.url).pathname === "/";
      expect([path, isRoot ? status === 200 : status >= 400 && status < 500]).toEqual([path, true]);
      expect(text).not.toMatch(/"dependencies"|root:/);
      if (!isRoot) expect(text).not.toContain("page.css");
    }
    expect(bot.log()).not.toContain("request failed");
  });

  test("leads nowhere from a gallery", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "film000001" });
    const { pathname } = new URL(await site.address(general));
    expect((await ask(site.url, `${pathname}film000001/video`)).text).toHaveLength(files.video.length);
    const folders = [`${pathname}film000001/`, `${pathname}x/`, "/g/assets/", "/g/"];
    for (const path of folders.flatMap((folder) => WAYS_OUT.map((way) => folder + way))) {
      const { status, text, headers } = await ask(site.url, path);
      // The gallery's own pages, by another spelling.
      const isOwn = [pathname, `${pathname}film000001/`].includes(new URL(path, site.url).pathname);
      const allowed = isOwn ? status < 400 : status === 308 || (status >= 400 && status < 500);
      if (status === 308) expect(headers.location).toMatch(/^\.\.\/[\w.%-]+$/);
      expect([path, status, allowed]).toEqual([path, status, true]);
      expect(text).not.toMatch(/"dependencies"|root:/);
    }
    expect(site.log()).not.toContain("request failed");
  });
});

describe("a form", () => {
  const names = fc.constantFrom(
    "text",
    "prompt",
    "button",
    "page",
    "from",
    "image",
    "seconds",
    "__proto__",
    "constructor",
  );
  const field = fc.tuple(fc.oneof(names, nasty), nasty);
  const bodies = fc.oneof(
    fc.array(field, { maxLength: 5 }).map((fields) => ({
      type: "application/x-www-form-urlencoded",
      body: new URLSearchParams(fields).toString(),
    })),
    nasty.map((text) => ({ type: "application/x-www-form-urlencoded", body: text.toWellFormed() })),
    fc.array(field, { maxLength: 5 }).map((fields) => {
      const parts = fields.map(([name, value], n) => {
        const file = n % 2 ? `; filename="${value}"\r\nContent-Type: ${value || "text/html"}` : "";
        return `--x\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
      });
      return { type: "multipart/form-data; boundary=x", body: `${parts.join("")}--x--\r\n`.toWellFormed() };
    }),
    nasty.map((text) => ({ type: "multipart/form-data; boundary=x", body: `--x\r\n${text}`.toWellFormed() })),
  );

  test("with anything in it is answered, and is no bug", async () => {
    const bot = await startWebBot();
    const paths = fc.constantFrom(
      ...[
        "/messages",
        "/form",
        "/buttons",
        "/commands/create",
        "/commands/list",
        "/commands/remix",
        "/commands/limits",
      ],
      ...[
        "/commands/settings",
        "/commands/__proto__",
        "/commands/constructor",
        "/commands/create?form=__proto__",
      ],
    );
    await fc.assert(
      fc.asyncProperty(paths, bodies, fc.boolean(), async (path, { type, body }, script) => {
        const headers = { origin: bot.url, "content-type": type, ...(script && { "hx-request": "true" }) };
        const answer = await fetch(`${bot.url}${path}`, {
          method: "POST",
          headers,
          body,
          redirect: "manual",
        });
        await answer.arrayBuffer();
        expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: 400 },
    );
    expect(bot.log()).not.toContain("request failed");
  });

  test("too large is refused wherever it is sent, also where it does not say how long it is", async () => {
    const bot = await startWebBot();
    const piece = new Uint8Array(1024 ** 2).fill(97);
    for (const path of POSTS.filter((each) => each !== "/login")) {
      let taken = 0;
      const body = new ReadableStream({
        pull(controller) {
          taken++;
          if (taken > 40) controller.close();
          else controller.enqueue(piece);
        },
      });
      const headers = {
        origin: bot.url,
        "content-type": "application/x-www-form-urlencoded",
        "hx-request": "true",
      };
      const answer = await fetch(`${bot.url}${path}`, { method: "POST", headers, body, duplex: "half" }).then(
        (response) => response.text(),
        // The connection is closed on whoever goes on.
        () => "larger than 10 MB",
      );
      expect([path, answer]).toEqual([path, expect.stringContaining("larger than 10 MB")]);
      expect(taken).toBeLessThan(40);
    }
    expect(await bot.jobs.history({ platform: "web", workspace: "local" })).toEqual([]);
  });
});
