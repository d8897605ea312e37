import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { createBotMemory } from "../fixtures/bot.ts";
import { startWebBot, type WebBot } from "../fixtures/web-bot.ts";

/** Asks with any Host header, which fetch does not allow. */
function get(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** Announces a body of so many bytes; resolves to the answer that comes before it is sent. */
function announce(url: string, bytes: number): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-length": bytes,
      "content-type": "application/x-www-form-urlencoded",
      origin: new URL(url).origin,
    };
    const asked = request(url, { method: "POST", headers }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
      asked.destroy();
    });
    asked.on("error", reject);
    asked.flushHeaders();
  });
}

describe("a body over the limit", () => {
  test("is refused before it is sent", async () => {
    const bot = await startWebBot();
    const { text } = await announce(`${bot.url}/commands/create`, 12_000_000);
    expect(text).toContain("larger than 10 MB");
  });

  test("shows nothing to those who are not logged in", async () => {
    const bot = await startWebBot({ password: "open sesame" });
    const { status, text } = await announce(`${bot.url}/commands/create`, 12_000_000);
    expect([status, text]).toEqual([303, ""]);
    expect(await announce(`${bot.url}/login`, 20_000)).toEqual({ status: 413, text: "Payload Too Large" });
  });
});

describe("a body that is no form", () => {
  const broken: [string, string, string][] = [
    [
      "multipart without its end",
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="p',
    ],
    ["multipart without a boundary", "multipart/form-data", "prompt=a+boat"],
    ["JSON", "application/json", "{"],
    ["a text", "text/plain", "prompt=a boat"],
  ];

  test.each(broken)("is refused, not a bug: %s", async (_, type, body) => {
    const bot = await startWebBot();
    const headers = { origin: bot.url, "content-type": type };
    const answer = await fetch(`${bot.url}/commands/create`, { method: "POST", headers, body });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining("no form of this page"),
    ]);
    for (const path of ["/messages", "/buttons", "/form"]) {
      const { status } = await fetch(`${bot.url}${path}`, { method: "POST", headers, body });
      expect([path, status < 500]).toEqual([path, true]);
    }
    expect(bot.log()).not.toContain("request failed");
    expect(await bot.jobs.active()).toEqual([]);
  });

  test("is no password either", async () => {
    const bot = await startWebBot({ password: "open sesame" });
    const headers = { origin: bot.url, "content-type": "multipart/form-data" };
    const answer = await fetch(`${bot.url}/login`, { method: "POST", headers, body: "password" });
    expect(answer.status).toBe(400);
  });
});

describe("another site", () => {
  test.each([
    ["its own origin", { origin: "https://evil.example" }],
    [
      "its own origin and the browser's word for it",
      { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    ],
    ["a neighbouring port", { origin: "http://127.0.0.1:1" }],
    ["no origin", { origin: "null" }],
  ])("can make nothing with %s", async (_, headers) => {
    const bot = await startWebBot();
    const answer = await bot.post("/messages", { text: "a boat" }, headers);
    expect(answer.status).toBe(403);
    expect((await bot.post("/buttons", { button: "v1:retry:k3v8zq1xw0" }, headers)).status).toBe(403);
    expect(await bot.jobs.active()).toEqual([]);
  });

  test("can neither read the page nor frame it", async () => {
    const bot = await startWebBot();
    const { headers } = await fetch(bot.url);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("the server's name", () => {
  test("is loopback or the public one; a foreign name that leads here is refused", async () => {
    const bot = await startWebBot({ publicUrl: "https://reel.example" });
    const { port } = new URL(bot.url);
    expect(await get(bot.url, `localhost:${port}`)).toBe(200);
    expect(await get(bot.url, `[::1]:${port}`)).toBe(200);
    expect(await get(bot.url, "reel.example")).toBe(200);
    expect(await get(bot.url, `rebound.example:${port}`)).toBe(421);
    expect(await get(`${bot.url}/events`, "rebound.example")).toBe(421);
    expect(await get(`${bot.url}/media/k3v8zq1xw0/video`, "localhost.evil.example")).toBe(421);
  });

  test("may be the public one for requests that come through a proxy with TLS", async () => {
    const bot = await startWebBot({ publicUrl: "https://reel.example" });
    const answer = await bot.post("/messages", { text: "a boat" }, { origin: "https://reel.example" });
    expect(answer.status).toBe(204);
  });
});

describe("with a password", () => {
  const password = "open sesame";

  async function logIn(bot: WebBot, typed: string): Promise<{ status: number; cookie: string }> {
    const { status, headers } = await bot.post("/login", { password: typed });
    return { status, cookie: headers.get("set-cookie") ?? "" };
  }

  async function statusWith(bot: WebBot, cookie: string, path = "/"): Promise<number> {
    const [pair = ""] = cookie.split(";");
    const response = await fetch(`${bot.url}${path}`, { headers: { cookie: pair }, redirect: "manual" });
    await response.body?.cancel();
    return response.status;
  }

  test("everything but the login and its looks is closed", async () => {
    const bot = await startWebBot({ password });
    for (const path of ["/", "/events", "/messages", "/completions", "/media/k3v8zq1xw0/video"]) {
      const { status, headers } = await fetch(`${bot.url}${path}`, { redirect: "manual" });
      expect([path, status, headers.get("location")]).toEqual([path, 303, "/login"]);
    }
    const refused = await bot.post("/messages", { text: "a boat" });
    expect([refused.status, refused.headers.get("hx-redirect")]).toEqual([401, "/login"]);
    expect(await bot.jobs.active()).toEqual([]);

    const login = await (await fetch(`${bot.url}/login`)).text();
    const [, sheet] = /href="([^"]+page\.css)"/.exec(login) ?? [];
    expect((await fetch(`${bot.url}${sheet}`)).status).toBe(200);
  });

  test("the right one opens it, with a cookie that scripts and other sites cannot use", async () => {
    const bot = await startWebBot({ password });
    const { status, cookie } = await logIn(bot, password);
    expect(status).toBe(303);
    expect(cookie).toContain("HttpOnly");
    expect(cookie).toContain("SameSite=Strict");
    expect(await statusWith(bot, cookie)).toBe(200);
    expect(bot.log()).not.toContain(password);
  });

  test("a forged or changed cookie opens nothing", async () => {
    const bot = await startWebBot({ password });
    const { cookie } = await logIn(bot, password);
    const later = cookie.replace(/=\d+/, `=${Date.now() * 2}`);
    expect(later).not.toBe(cookie);
    expect(await statusWith(bot, later)).toBe(303);
    expect(await statusWith(bot, `showreel_session=${Date.now() * 2}`)).toBe(303);
  });

  test("a session outlives a restart, but neither its time nor a new password", async () => {
    const memory = await createBotMemory(Date.now);
    const { cookie } = await logIn(await startWebBot({ memory, password }), password);
    expect(await statusWith(await startWebBot({ memory, password }), cookie)).toBe(200);
    expect(await statusWith(await startWebBot({ memory, password: "another" }), cookie)).toBe(303);
    const inTwoMonths = Date.now() + 60 * 24 * 3_600_000;
    expect(await statusWith(await startWebBot({ memory, password, now: () => inTwoMonths }), cookie)).toBe(
      303,
    );
  });

  test("guessing is slowed down", async () => {
    let time = Date.now();
    const bot = await startWebBot({ password, now: () => time });
    for (let n = 0; n < 5; n++) expect((await logIn(bot, `guess ${n}`)).status).toBe(401);
    expect((await logIn(bot, password)).status).toBe(429);
    time += 61_000;
    expect((await logIn(bot, password)).status).toBe(303);
  });

  test("the cookie goes over https alone where people come over https", async () => {
    const bot = await startWebBot({ password, publicUrl: "https://reel.example" });
    expect((await logIn(bot, password)).cookie).toContain("Secure");
  });
});

describe("without scripts", () => {
  const send = (bot: WebBot, path: string, fields: Record<string, string>) =>
    fetch(`${bot.url}${path}`, {
      method: "POST",
      headers: { origin: bot.url },
      body: new URLSearchParams(fields),
      redirect: "manual",
    });

  test("a form leads to the new message", async () => {
    const bot = await startWebBot();
    const answer = await send(bot, "/messages", { text: "a boat" });
    const [job] = await bot.jobs.active();
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/#job-${job?.id}`]);
  });

  test("a private answer or an open form comes with the whole page", async () => {
    const bot = await startWebBot();
    const help = await (await send(bot, "/messages", { text: "/video help" })).text();
    expect(help).toMatch(/<!doctype html>.*<code>\/video create<\/code>/s);
    const form = await (await send(bot, "/form", { text: "a boat" })).text();
    expect(form).toMatch(/<!doctype html>.*<dialog [^>]*\bopen\b.*a boat<\/textarea>/s);
  });
});
