import { request } from "node:http";
import { describe, expect, test } from "vitest";
import type { Channel } from "../../src/gallery/gallery.ts";
import { get, idsOn } from "../fixtures/gallery-answers.ts";
import { type GallerySite, LIFETIME_MS, startGallerySite } from "../fixtures/gallery-site.ts";

const general: Channel = { platform: "discord", workspace: "g1", channel: "general" };
const secret: Channel = { ...general, channel: "secret" };
const elsewhere: Channel = { ...general, workspace: "g2" };
const slack: Channel = { platform: "slack", workspace: "T1", channel: "general" };

/** Asks with any Host header, which fetch does not allow. */
function statusFor(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe("what is deleted or hidden", () => {
  test("leaves every view at once", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    await site.show(general, { id: "two" });
    const address = await site.address(general);
    expect(idsOn((await get(address)).text)).toContain("one");
    await site.gallery.remove(general, "one");
    expect(idsOn((await get(address)).text)).toEqual(["two"]);
    for (const path of ["one", "one/video", "one/video?download", "one/thumbnail", "one/spritesheet"]) {
      const { status, text } = await get(address + path);
      expect([path, status]).toEqual([path, 404]);
      expect(text).toContain("This video is not here");
    }
  });
});

describe("a link", () => {
  test("opens its own channel alone, also with the ids of others", async () => {
    const site = await startGallerySite();
    const places = [general, secret, elsewhere, slack];
    for (const [index, channel] of places.entries()) await site.show(channel, { id: `film${index}` });
    for (const [index, channel] of places.entries()) {
      const address = await site.address(channel);
      expect(idsOn((await get(address)).text)).toEqual([`film${index}`]);
      for (const other of places.keys()) {
        const expected = other === index ? 200 : 404;
        for (const file of ["", "/video", "/thumbnail", "/spritesheet"]) {
          const path = `film${other}${file}`;
          expect([channel, path, (await get(address + path)).status]).toEqual([channel, path, expected]);
        }
      }
    }
  });

  test.each([
    ["expired", 410, "This link has expired", (site: GallerySite) => site.wait(LIFETIME_MS)],
    ["revoked", 410, "This link was withdrawn", (site: GallerySite) => site.links.revoke(general)],
    ["switched off", 404, "This gallery is closed", (site: GallerySite) => void site.off.add("general")],
  ])("that is %s leads to a page that says so, for every address of it", async (_, status, words, end) => {
    const site = await startGallerySite();
    await site.show(general, { id: "one", prompt: "a confidential kite" });
    site.names.set("general", "#confidential");
    const address = await site.address(general);
    await end(site);
    for (const path of ["", "?search=confidential", "one", "one/video", "one/thumbnail", "nothing"]) {
      const answer = await get(address + path);
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.text).toContain(words);
      expect(answer.text).toContain("<code>/video gallery</code>");
      expect(answer.text).not.toMatch(/confidential|general|g1|<video/);
    }
  });

  test("that nobody gave out leads to a page that says so", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    const address = await site.address(general);
    const foreign = new URL(await (await startGallerySite()).address(general)).pathname;
    const forged = address.replace(/.\/$/, (end) => (end === "A/" ? "B/" : "A/"));
    for (const url of [
      site.url + foreign,
      forged,
      `${forged}one/video`,
      `${site.url}/g/`,
      `${site.url}/g/a/b/c/d`,
    ]) {
      const { status, text } = await get(url);
      expect([url, status]).toEqual([url, 404]);
      expect(text).toContain("This link leads nowhere");
    }
    const posted = await fetch(address, { method: "POST", body: new FormData() });
    expect(posted.status).toBe(404);
    await posted.body?.cancel();
  });

  test("does not stand in the log, whatever happens", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" }, { media: { video: { key: "../no key", bytes: 1 } } });
    const address = await site.address(general);
    site.media.stat = () => Promise.reject(new Error("The disk is on fire."));
    const { status, text } = await get(`${address}one/video`);
    expect(status).toBe(500);
    expect(text).toContain("The projector jammed");
    expect(text).not.toContain("fire");
    expect(site.log()).toContain("on fire");
    expect(site.log()).not.toContain(new URL(address).pathname.split("/")[2]);
  });
});

describe("every answer", () => {
  test("keeps the address from other sites, search engines and caches, and sets no cookie", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    const address = await site.address(general);
    for (const url of [
      address,
      `${address}one`,
      `${address}one/video`,
      `${address}none`,
      `${site.url}/g/x/`,
    ]) {
      const { headers } = await get(url);
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("x-robots-tag")).toBe("noindex, nofollow");
      expect(headers.get("cache-control")).toBe("private, no-cache");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("set-cookie")).toBeNull();
    }
  });

  test("finds its looks, from whatever depth", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    const address = await site.address(general);
    for (const url of [address, `${address}one`, `${address}one/nothing`, `${site.url}/g/x`]) {
      const { text } = await get(url);
      const hrefs = [...text.matchAll(/(?:href|src)="([^"]*assets[^"]*)"/g)].map(([, href]) => href ?? "");
      expect(hrefs.length).toBeGreaterThan(5);
      for (const href of hrefs)
        expect([href, (await get(new URL(href, url).href)).status]).toEqual([href, 200]);
    }
  });

  test("is for this server's names only, of which the public one is one", async () => {
    const site = await startGallerySite({ publicUrl: "https://reel.example" });
    const address = await site.address(general);
    expect(await statusFor(address, "reel.example")).toBe(200);
    expect(await statusFor(address, "localhost:1")).toBe(200);
    expect(await statusFor(address, "rebound.example")).toBe(421);
  });
});
