import { describe, expect, test } from "vitest";
import type { Channel } from "../../src/gallery/gallery.ts";
import { get, idsOn } from "../fixtures/gallery-answers.ts";
import { files, type GallerySite, NOON, startGallerySite } from "../fixtures/gallery-site.ts";

const general: Channel = { platform: "discord", workspace: "g1", channel: "general" };

/** Where a page's link of that kind leads. */
function follow(html: string, rel: "prev" | "next", from: string): string | undefined {
  const [, href] = new RegExp(`rel="${rel}" href="([^"]+)"`).exec(html) ?? [];
  return href === undefined ? undefined : new URL(href.replaceAll("&amp;", "&"), from).href;
}

/** A video a minute, the last one the newest. */
async function fill(site: GallerySite, channel: Channel, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `film${String(index).padStart(6, "0")}`);
  for (const [index, id] of ids.entries()) {
    const at = NOON - (count - index) * 60_000;
    await site.show(channel, { id, at, prompt: `kite ${index}`, model: index % 2 ? "sora-2-pro" : "sora-2" });
  }
  return ids;
}

describe("the wall", () => {
  test("shows a channel's videos a page at a time, each once, forwards and back", async () => {
    const site = await startGallerySite();
    const ids = await fill(site, general, 60);
    site.names.set("general", "#general");
    let url: string | undefined = await site.address(general);
    const pages: string[][] = [];
    let last = "";
    while (url) {
      const { status, text } = await get(url);
      expect(status).toBe(200);
      expect(text).toContain("<bdi>#general</bdi>");
      expect(text).toContain("60 videos");
      pages.push(idsOn(text));
      last = url;
      url = follow(text, "next", url);
    }
    expect(pages.flat()).toEqual(ids.toReversed());
    expect(pages.map(({ length }) => length)).toEqual([24, 24, 12]);

    const back = follow((await get(last)).text, "prev", last) ?? "";
    expect(idsOn((await get(back)).text)).toEqual(pages[1]);
  });

  test("searches, filters and sorts by what stands in the address", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one", at: NOON - 3, prompt: "A red KITE", stars: 1 });
    await site.show(general, {
      id: "two",
      at: NOON - 2,
      prompt: "a blue kite",
      model: "sora-2-pro",
      stars: 5,
    });
    await site.show(general, {
      ...{ id: "three", at: NOON - 1, prompt: "a red boat" },
      person: { id: "grace", name: "Grace" },
    });
    const address = await site.address(general);
    const found = async (query: string) => idsOn((await get(address + query)).text);
    expect(await found("")).toEqual(["three", "two", "one"]);
    expect(await found("?search=kite")).toEqual(["two", "one"]);
    expect(await found("?search=kite+red")).toEqual(["one"]);
    expect(await found("?by=grace")).toEqual(["three"]);
    expect(await found("?model=sora-2-pro&search=&by=")).toEqual(["two"]);
    expect(await found("?sort=stars")).toEqual(["two", "one", "three"]);
    expect(await found("?sort=oldest")).toEqual(["one", "two", "three"]);
    expect(await found("?at=nonsense")).toEqual(["three", "two", "one"]);
    const nothing = await get(`${address}?search=whale`);
    expect([nothing.status, idsOn(nothing.text)]).toEqual([200, []]);
    expect(nothing.text).toContain("No video is like that");
  });

  test("of a channel without videos says how one comes there", async () => {
    const site = await startGallerySite();
    const { status, text } = await get(await site.address(general));
    expect(status).toBe(200);
    expect(text).toContain("The first one could be yours");
  });

  test("is found without the slash at its end, too", async () => {
    const site = await startGallerySite();
    const address = await site.address(general);
    const { status, headers } = await get(`${address.slice(0, -1)}?search=kite`);
    expect(status).toBe(308);
    expect(new URL(headers.get("location") ?? "", address.slice(0, -1)).href).toBe(`${address}?search=kite`);
  });
});

describe("one video", () => {
  test("has its page, with its neighbours in what was searched for", async () => {
    const site = await startGallerySite();
    const ids = await fill(site, general, 50);
    const address = await site.address(general);
    const { text } = await get(`${address}?model=sora-2`);
    const second = follow(text, "next", address) ?? "";
    const shown = ids.filter((_, index) => index % 2 === 0).toReversed();
    const last = `${address}${shown[23]}?model=sora-2`;
    const page = await get(last);
    expect(page.status).toBe(200);
    expect(page.text).toContain(`src="${shown[23]}/video"`);
    expect(page.text).toContain(`https://chat.example/general/message-of-${shown[23]}`);
    const next = new URL(follow(page.text, "next", last) ?? "");
    expect(next.pathname.split("/").at(-1)).toBe(shown[24]);
    expect(next.searchParams.get("at")).toBe(new URL(second).searchParams.get("at"));
    const back = new URL(follow((await get(next.href)).text, "prev", next.href) ?? "");
    expect(back.pathname.split("/").at(-1)).toBe(shown[23]);
  });

  test.each(["newest", "oldest", "stars"])(
    "has neighbours and a way back without a place, by %s",
    async (sort) => {
      const site = await startGallerySite();
      const ids = await fill(site, general, 60);
      const order = sort === "oldest" ? ids : ids.toReversed();
      const address = await site.address(general);
      const url = `${address}${order[40]}?sort=${sort}`;
      const { text } = await get(url);
      const idOf = (rel: "prev" | "next") => new URL(follow(text, rel, url) ?? "").pathname.split("/").at(-1);
      expect([idOf("prev"), idOf("next")]).toEqual([order[39], order[41]]);
      const [, back = ""] = /class="back" href="([^"]+)"/.exec(text) ?? [];
      const wall = await get(new URL(back.replaceAll("&amp;", "&"), url).href);
      expect(idsOn(wall.text)).toContain(order[40]);
      const again = follow(text, "next", url) ?? "";
      expect(new URL(follow((await get(again)).text, "prev", again) ?? "").pathname).toBe(
        new URL(url).pathname,
      );
    },
  );

  test("is not here when its file goes away before it is opened", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    const known = await site.media.stat("one/video.mp4");
    await site.media.delete("one/video.mp4");
    site.media.stat = async () => known;
    const address = await site.address(general);
    for (const range of [{}, { range: "bytes=0-9" }]) {
      const { status, text, headers } = await get(`${address}one/video`, range);
      expect([status, headers.get("content-type")]).toEqual([404, "text/html; charset=UTF-8"]);
      expect(text).toContain("This video is not here");
    }
  });

  test("plays in the ranges that players ask for, and downloads under its name", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    const address = await site.address(general);
    const size = files.video.length;
    const whole = await get(`${address}one/video`);
    expect([whole.status, whole.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    expect(whole.headers.get("accept-ranges")).toBe("bytes");
    expect(whole.headers.get("cache-control")).toBe("private, no-cache");
    expect(whole.headers.get("content-disposition")).toBe('inline; filename="showreel-one.mp4"');
    expect(whole.body).toEqual(files.video);

    const middle = await get(`${address}one/video`, { range: "bytes=100-199" });
    expect([middle.status, middle.headers.get("content-range")]).toEqual([206, `bytes 100-199/${size}`]);
    expect(middle.body).toEqual(files.video.subarray(100, 200));
    expect((await get(`${address}one/video`, { range: `bytes=${size}-` })).status).toBe(416);
    const etag = whole.headers.get("etag") ?? "";
    expect((await get(`${address}one/video`, { "if-none-match": etag })).status).toBe(304);

    const taken = await get(`${address}one/video?download`);
    expect(taken.headers.get("content-disposition")).toBe('attachment; filename="showreel-one.mp4"');
    expect((await get(`${address}one/thumbnail`)).body).toEqual(files.thumbnail);
    const sheet = await get(`${address}one/spritesheet?download`);
    expect(sheet.headers.get("content-type")).toBe("image/jpeg");
    expect(sheet.headers.get("content-disposition")).toBe(
      'attachment; filename="showreel-one-spritesheet.jpg"',
    );
    expect(sheet.body).toEqual(files.spritesheet);
    expect((await get(`${address}one/other`)).status).toBe(404);
  });

  test("whose file is gone keeps its thumbnail and its message", async () => {
    const site = await startGallerySite();
    await site.show(general, { id: "one" });
    await site.media.delete("one/video.mp4");
    const address = await site.address(general);
    const { status, text } = await get(`${address}one`);
    expect(status).toBe(200);
    expect(text).toContain("no longer kept");
    expect(text).toContain('src="one/thumbnail"');
    expect(text).toContain("https://chat.example/general/message-of-one");
    expect((await get(`${address}one/video`)).status).toBe(404);
    await site.media.delete("one");
    expect((await get(`${address}one/thumbnail`)).status).toBe(404);
    expect((await get(address)).text).not.toContain("<img");
  });

  test("shows of its family what the gallery shows", async () => {
    const site = await startGallerySite();
    const node = (id: string, prompt: string) => ({
      id,
      prompt,
      operation: "remix",
      state: "Done",
      link: undefined,
    });
    const family = {
      ...node("one", "the first"),
      operation: "create",
      children: [
        { ...node("two", "the second"), children: [] },
        { ...node("hidden", "a secret"), children: [] },
        { ...node("there", "in another channel"), children: [] },
      ],
    };
    for (const id of ["one", "two", "hidden"]) {
      await site.show(general, { id });
      site.families.set(id, family);
    }
    await site.show({ ...general, channel: "secret" }, { id: "there" });
    await site.gallery.remove(general, "hidden");
    const { text } = await get(`${await site.address(general)}two`);
    expect(text).toContain('<a href="./one" dir="auto">the first</a>');
    expect(text).not.toMatch(/a secret|another channel/);
  });
});
