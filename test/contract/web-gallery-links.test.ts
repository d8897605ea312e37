import { request } from "node:http";
import { describe, expect, test } from "vitest";
import type { Channel, GalleryEntry } from "../../src/gallery/gallery.ts";
import type { FamilyNode } from "../../src/jobs/family.ts";
import type { Job } from "../../src/jobs/job.ts";
import { get, idsOn } from "../fixtures/gallery-answers.ts";
import { type GallerySite, LIFETIME_MS, NOON, startGallerySite } from "../fixtures/gallery-site.ts";

const general: Channel = { platform: "discord", workspace: "g1", channel: "general" };
const secret: Channel = { ...general, channel: "secret" };
const elsewhere: Channel = { ...general, workspace: "g2" };
const slack: Channel = { platform: "slack", workspace: "T1", channel: "general" };

/** An entry that somebody left behind. */
const hidden: Omit<GalleryEntry, "id"> = {
  at: NOON,
  person: { id: "grace", name: "Grace" },
  prompt: "a secret",
  model: "sora-2",
  seconds: "4",
  size: "720x1280",
  stars: 0,
};

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

/** All the addresses of a video. */
const addresses = (id: string) =>
  ["", "/video", "/video?download", "/thumbnail", "/spritesheet"].map((path) => id + path);

describe("an entry that its video's document does not stand for", () => {
  test.each<[string, Partial<Job>]>([
    ["is being deleted", { phase: "deleting" }],
    ["is deleted", { phase: "deleted" }],
    ["is hidden", { unlisted: "hidden" }],
    ["has lost its message", { unlisted: "message_deleted" }],
    ["is forgotten", { unlisted: "forgotten" }],
  ])("is not shown and goes, when the video %s", async (_, change) => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    await site.show(general, { id: "two", person: { id: "grace", name: "Grace" } }, change);
    const address = await site.address(general);
    for (const path of addresses("two")) {
      expect([path, (await get(address + path)).status]).toEqual([path, 404]);
      expect(await site.gallery.get(general, "two")).toBeUndefined();
      await site.gallery.add(general, await site.gallery.openPage(general), { ...hidden, id: "two" });
    }
    const { text } = await get(address);
    expect(idsOn(text)).toEqual(["one"]);
    expect(text).toContain("Now showing: 1 video");
    expect(text).not.toContain("Grace");
    expect(await site.gallery.get(general, "two")).toBeUndefined();
  });

  test("is not shown and goes, when there is no document", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    await site.gallery.add(general, await site.gallery.openPage(general), { ...hidden, id: "two" });
    const address = await site.address(general);
    expect(idsOn((await get(address)).text)).toEqual(["one"]);
    expect(await site.gallery.get(general, "two")).toBeUndefined();
    for (const path of addresses("two"))
      expect([path, (await get(address + path)).status]).toEqual([path, 404]);
  });

  test("is neither a neighbour nor one of a family", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one", at: NOON - 3 });
    await site.show(general, { id: "two", at: NOON - 2, prompt: "a secret" }, { unlisted: "hidden" });
    await site.show(general, { id: "three", at: NOON - 1 });
    const node = (id: string, prompt: string, children: FamilyNode[] = []): FamilyNode => ({
      ...{ id, prompt, children, operation: "remix", state: "Done" },
      link: undefined,
    });
    site.families.set("one", node("one", "the first", [node("two", "a secret"), node("three", "the third")]));
    const { text } = await get(`${await site.address(general)}one`);
    expect(text).toContain('rel="prev" href="./three"');
    expect(text).toContain("the third");
    expect(text).not.toContain("a secret");
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

  test("that a video is not here leads to the gallery, from whatever depth", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    const address = await site.address(general);
    for (const url of [`${address}none`, `${address}one/none`, `${address}none/video`, `${address}a/b/c`]) {
      const { status, text } = await get(url);
      const [, home = "nowhere"] = /href="([^"]*)">See the videos that are/.exec(text) ?? [];
      expect([url, status, new URL(home, url).href]).toEqual([url, 404, address]);
    }
  });

  test("to a video's address with a slash at its end is the one without", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    const address = await site.address(general);
    const { status, headers } = await get(`${address}one/?search=kite`);
    expect(status).toBe(308);
    expect(new URL(headers.get("location") ?? "", `${address}one/`).href).toBe(`${address}one?search=kite`);
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
