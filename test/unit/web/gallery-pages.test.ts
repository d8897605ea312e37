import { describe, expect, test } from "vitest";
import type { GalleryEntry } from "../../../src/gallery/gallery.ts";
import type { FamilyNode } from "../../../src/jobs/family.ts";
import { CLOSED, type Closed, renderClosed } from "../../../src/web/gallery/closed-page.ts";
import { renderFamily } from "../../../src/web/gallery/family-tree.ts";
import type { Film } from "../../../src/web/gallery/films.ts";
import { type GridView, renderGrid } from "../../../src/web/gallery/grid-page.ts";
import { renderVideo, type VideoView } from "../../../src/web/gallery/video-page.ts";
import { aJob } from "../../fixtures/jobs.ts";
import { textOf } from "../../fixtures/markup.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const EVIL = `<script>alert("x")</script>'&`;
const ESCAPED = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;";
const asset = (name: string) => `../assets/v/${name}`;

function aFilm(entry: Partial<GalleryEntry> = {}, rest: Partial<Film> = {}): Film {
  return {
    entry: {
      id: "k3v8zq1xw0",
      at: NOW - 3 * 86_400_000,
      person: { id: "ada", name: "Ada" },
      prompt: "a red kite",
      model: "sora-2",
      seconds: "8",
      size: "1280x720",
      stars: 0,
      ...entry,
    },
    job: aJob({ id: "k3v8zq1xw0" }),
    files: { video: 18_707, thumbnail: 2_372 },
    ...rest,
  };
}

async function grid(films: Film[], change: Partial<GridView> = {}): Promise<string> {
  const entries = films.map(({ entry }) => entry);
  const page = { entries, total: films.length, next: undefined, previous: undefined };
  const facets = { people: [{ id: "ada", name: "Ada" }], models: ["sora-2"] };
  return String(
    await renderGrid({
      name: "#general",
      place: { query: {} },
      page,
      films,
      facets,
      now: NOW,
      asset,
      ...change,
    }),
  );
}

async function video(film: Film, change: Partial<VideoView> = {}): Promise<string> {
  return String(
    await renderVideo({
      ...{ name: "#general", query: {}, film, link: "https://chat.example/1" },
      ...{ family: undefined, shown: new Set(), neighbours: { place: { query: {} } }, asset },
      ...change,
    }),
  );
}

describe("the wall", () => {
  test("shows of each video its still, prompt, requester, age, length and stars", async () => {
    const html = await grid([aFilm({ stars: 3 })]);
    expect(html).toContain(`src="k3v8zq1xw0/thumbnail" width="1280" height="720"`);
    expect(html).toContain(`<a href="k3v8zq1xw0" dir="auto">a red kite</a>`);
    expect(html).toContain("by <bdi>Ada</bdi>");
    expect(html).toContain(`title="20 November 2026">3 days ago</time>`);
    expect(html).toContain("8 s</span>");
    expect(html).toContain('<span aria-hidden="true">3</span><span class="visually-hidden">3 stars</span>');
    expect(html).toContain("Now showing: 1 video");
  });

  test("loads the stills that are not in view only when they come into it", async () => {
    const html = await grid(Array.from({ length: 10 }, () => aFilm()));
    expect(html.match(/<img /g)).toHaveLength(10);
    expect(html.match(/loading="lazy"/g)).toHaveLength(6);
  });

  test("keeps a still's place in its shape where it is gone, or not to be seen at once", async () => {
    const gone = await grid([aFilm({ size: "720x1280" }, { files: {} })]);
    expect(gone).toContain('viewBox="0 0 720 1280" width="720" height="1280"');
    expect(gone).not.toContain("<img");
    const spoiler = await grid([aFilm({}, { job: aJob({ spoiler: true }) })]);
    expect(spoiler).not.toContain("<img");
    expect(spoiler).toContain("Spoiler");
  });

  test("keeps what was asked for in the form and in every link", async () => {
    const place = { query: { search: `"kite"`, by: "ada", sort: "stars" as const }, at: "a.1" };
    const page = { entries: [], total: 40, next: "n.2", previous: "p.0" };
    const html = await grid([aFilm()], { place, page });
    expect(html).toContain('value="&quot;kite&quot;"');
    expect(html).toMatch(/<option value="ada" dir="auto" selected>Ada</);
    expect(html).toMatch(/<option value="stars" dir="auto" selected>/);
    const query = "search=%22kite%22&amp;by=ada&amp;sort=stars";
    expect(html).toContain(`rel="next" href="./?${query}&amp;at=n.2"`);
    expect(html).toContain(`rel="prev" href="./?${query}&amp;at=p.0"`);
    expect(html).toContain(`href="./?${query}">First page`);
    expect(html).toContain(`href="k3v8zq1xw0?${query}&amp;at=a.1"`);
    expect(html).toContain("40 videos found");
  });

  test("says so when it filters by somebody who has no video any more", async () => {
    const html = await grid([], { place: { query: { by: "grace" } } });
    expect(html).toContain('<option value="grace" dir="auto" selected>grace (no video)</option>');
    expect(html).toContain("No video is like that");
  });

  test("tells how a first video comes here", async () => {
    const html = await grid([]);
    expect(html).toContain("The first one could be yours");
    expect(html).not.toContain("<form");
  });

  test("escapes everything that a person wrote", async () => {
    const html = await grid([aFilm({ prompt: EVIL, person: { id: "e", name: EVIL } })], {
      name: EVIL,
      place: { query: { search: EVIL, model: EVIL } },
      facets: { people: [{ id: EVIL, name: EVIL }], models: [EVIL] },
    });
    expect(html).not.toContain("<script>");
    expect(html.split(ESCAPED).length - 1).toBe(9);
  });
});

describe("a video's page", () => {
  test("has a player, the whole prompt, its facts, and ways on", async () => {
    const html = await video(aFilm({ prompt: "word ".repeat(200).trim(), stars: 1 }));
    expect(html).toMatch(
      /<video [^>]*src="k3v8zq1xw0\/video" poster="k3v8zq1xw0\/thumbnail" width="1280" height="720" controls playsinline/,
    );
    expect(html).toContain(`id="prompt" dir="auto">${"word ".repeat(200).trim()}</blockquote>`);
    expect(html).toMatch(/sora-2 <span class="ai">AI-generated/);
    for (const fact of ["8 s", "landscape 1280x720", "20 Nov 2026, 12:00 UTC", "1 star", "k3v8zq1xw0"]) {
      expect(html).toContain(fact);
    }
    expect(html).toMatch(/href="k3v8zq1xw0\/video\?download" download>.*19 kB/s);
    expect(html).toContain('href="https://chat.example/1">See it in the chat');
    expect(html).not.toContain("Sprite sheet");
  });

  test("says that the file is gone, and leaves thumbnail and message", async () => {
    const html = await video(aFilm({}, { files: { thumbnail: 9 } }));
    expect(html).not.toContain("<video");
    expect(html).toContain('<img class="picture" src="k3v8zq1xw0/thumbnail"');
    expect(html).toContain("no longer kept");
    expect(html).toContain("https://chat.example/1");
    expect(html).not.toContain("video?download");
  });

  test("stands without its files and its message", async () => {
    const html = await video(aFilm({}, { files: {} }), { link: undefined });
    expect(html).toContain("no longer kept");
    expect(html).not.toContain("in the chat<");
  });

  test("keeps a spoiler's picture back until the video is played", async () => {
    const html = await video(aFilm({}, { job: aJob({ spoiler: true }) }));
    expect(html).not.toContain("poster=");
    expect(html).toContain('preload="none"');
    expect(textOf(html)).toMatch(/Spoiler: +nothing is shown until you press play/);
    expect(await video(aFilm())).not.toContain("Spoiler");
  });

  test("of a spoiler whose file is gone shows no picture, and speaks of none", async () => {
    const html = await video(aFilm({}, { job: aJob({ spoiler: true }), files: { thumbnail: 9 } }));
    expect(html).toContain("no longer kept");
    expect(html).not.toMatch(/picture above|press play|<img/);
  });

  test("leads back to where one came from, and to the neighbours there", async () => {
    const html = await video(aFilm(), {
      query: { search: "kite" },
      neighbours: {
        place: { query: { search: "kite" }, at: "a.1" },
        previous: { id: "aaaaaaaaaa", at: "a.1" },
        next: { id: "bbbbbbbbbb", at: "a.2" },
      },
    });
    expect(html).toContain('href="./?search=kite&amp;at=a.1#film-k3v8zq1xw0"');
    expect(html).toContain('rel="prev" href="./aaaaaaaaaa?search=kite&amp;at=a.1"');
    expect(html).toContain('rel="next" href="./bbbbbbbbbb?search=kite&amp;at=a.2"');
  });

  test("escapes everything that a person wrote", async () => {
    const html = await video(aFilm({ prompt: EVIL, person: { id: "e", name: EVIL } }), { name: EVIL });
    expect(html).not.toContain("<script>");
    expect(html.split(ESCAPED).length - 1).toBe(6);
  });
});

describe("a family", () => {
  const node = (id: string, children: FamilyNode[] = [], operation = "remix"): FamilyNode => ({
    ...{ id, operation, children },
    prompt: `prompt of ${id}`,
    state: "Done",
    link: `https://chat.example/${id}`,
  });
  const tree = node("one", [node("two", [node("three")]), node("four")], "create");

  test("is nested lists that lead to each video, with this one marked", async () => {
    const html = String(
      await renderFamily(tree, { id: "two", shown: new Set(["one", "two", "three", "four"]) }),
    );
    expect(html.replace(/\s+/g, " ").replace(/> </g, "><")).toContain(
      '<ul><li><div class="relative"><span class="kinship">Original</span><a href="./one" dir="auto">prompt of one</a></div>' +
        '<ul><li><div class="relative"><span class="kinship">Remix</span><span dir="auto" aria-current="page">prompt of two</span></div>' +
        '<ul><li><div class="relative"><span class="kinship">Remix</span><a href="./three" dir="auto">prompt of three</a></div></li></ul></li>' +
        '<li><div class="relative"><span class="kinship">Remix</span><a href="./four" dir="auto">prompt of four</a></div></li></ul></li></ul>',
    );
  });

  test("tells nothing of a video that the gallery does not show", async () => {
    const html = String(await renderFamily(tree, { id: "three", shown: new Set(["three", "one"]) }));
    expect(html).toContain("not shown here");
    expect(html).not.toMatch(/prompt of (two|four)|chat\.example/);
    expect(html.match(/<li>/g)).toHaveLength(3);
  });

  test("of one is none", () => {
    expect(renderFamily(node("one"), { id: "one", shown: new Set(["one"]) })).toBeUndefined();
    expect(renderFamily(tree, { id: "one", shown: new Set(["one"]) })).toBeUndefined();
  });
});

describe("a link that leads nowhere", () => {
  test.each(Object.keys(CLOSED) as Closed[])("says what to do: %s", async (reason) => {
    const html = String(await renderClosed({ reason, home: "../", asset }));
    expect(html).toContain(`<h1>${CLOSED[reason].title}</h1>`);
    expect(html).toContain(reason === "trouble" ? "Load the page again" : "<code>/video gallery</code>");
  });
});
