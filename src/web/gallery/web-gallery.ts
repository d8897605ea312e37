import { type Context, Hono } from "hono";
import { routePath } from "hono/route";
import type { Logger } from "pino";
import type { Channel, Gallery } from "../../gallery/gallery.ts";
import type { GalleryLinks } from "../../gallery/gallery-links.ts";
import type { FamilyNode } from "../../jobs/family.ts";
import type { Job } from "../../jobs/job.ts";
import type { MediaStore } from "../../media/media-store.ts";
import type { AssetUrl, createAssets } from "../assets.ts";
import { serveFile } from "../media-routes.ts";
import { createSecurityHeaders, ownHostsOnly } from "../security.ts";
import { CLOSED, type Closed, renderClosed } from "./closed-page.ts";
import { idsOf } from "./family-tree.ts";
import { createFilms, type JobReader } from "./films.ts";
import { renderGrid } from "./grid-page.ts";
import { findNeighbours } from "./neighbours.ts";
import { readPlace } from "./place.ts";
import { createShownGallery } from "./shown-entries.ts";
import { renderVideo } from "./video-page.ts";

interface Dependencies {
  links: GalleryLinks;
  gallery: Gallery;
  jobs: JobReader;
  media: MediaStore;
  /** A video's family, as far as that channel may see it. */
  family: (channel: Channel, jobId: string) => Promise<FamilyNode | undefined>;
  /** Where people see a job in the chat. */
  link: (job: Job) => string | undefined;
  /** What a channel is called, where that is known. */
  nameOf?: (channel: Channel) => Promise<string | undefined>;
  assets: ReturnType<typeof createAssets>;
  /** The address the server listens on. */
  host: string;
  publicUrl: string | undefined;
  now: () => number;
  logger: Logger;
}

/** What its routes know of a request: the channel that the link stands for. */
export type GalleryEnv = { Variables: { channel: Channel } };

/** Posters on a page. */
const PAGE_SIZE = 24;
/** A deleted video has to leave every view at once, so browsers ask before they show what they kept. */
const ASK_FIRST = "private, no-cache";

/**
 * The galleries of channels, for whoever has a link: to be mounted at `GALLERY_PATH`, before anything that asks for a
 * password. It serves its own static files, and all its addresses are relative, so that a proxy may put it anywhere.
 */
export function createWebGallery(dependencies: Dependencies): Hono<GalleryEnv> {
  const { links, media, assets, host, publicUrl, logger } = dependencies;

  function closed(c: Context, reason: Closed): Response | Promise<Response> {
    c.header("cache-control", ASK_FIRST);
    const home = levelsUp(c, 4) || "./";
    return c.html(renderClosed({ reason, home, asset: assetUrl(c, assets.url) }), CLOSED[reason].status);
  }

  const app = new Hono<GalleryEnv>();
  app.onError((error, c) => {
    // Not the path: it has the token in it.
    logger.error({ err: error, route: routePath(c) }, "request failed");
    return closed(c, "trouble");
  });
  app.use(async (c, next) => {
    await next();
    // The address is a secret of its own: no other site and no search engine gets to know it.
    c.header("referrer-policy", "no-referrer");
    c.header("x-robots-tag", "noindex, nofollow");
  });
  app.use(createSecurityHeaders(media), ownHostsOnly({ host, publicUrl }));
  app.route("/", assets.routes);
  app.use("/:token/*", async (c, next) => {
    const channel = await links.open(c.req.param("token"));
    if (typeof channel === "string") return closed(c, channel);
    c.set("channel", channel);
    return next();
  });
  app.route("/", createChannelRoutes(dependencies, closed));
  app.all("*", (c) => closed(c, "unknown"));
  return app;
}

/** What those get to see whose link leads to a channel. */
function createChannelRoutes(
  { gallery: entries, jobs, media, family, link, nameOf, assets, now }: Dependencies,
  closed: (c: Context, reason: Closed) => Response | Promise<Response>,
): Hono<GalleryEnv> {
  const gallery = createShownGallery({ gallery: entries, jobs });
  const films = createFilms({ jobs, media });
  const named = async (channel: Channel) => (await nameOf?.(channel)) ?? "Gallery";
  const routes = new Hono<GalleryEnv>();

  routes.get("/:token", (c) => c.redirect(`${c.req.param("token")}/${new URL(c.req.url).search}`, 308));

  routes.get("/:token/", async (c) => {
    const channel = c.get("channel");
    const place = readPlace(c.req.query());
    const { query, at } = place;
    const page = await gallery.page(channel, query, { limit: PAGE_SIZE, ...(at !== undefined && { at }) });
    const [name, facets, shown] = await Promise.all([
      named(channel),
      gallery.facets(channel),
      films.posters(page.entries),
    ]);
    c.header("cache-control", ASK_FIRST);
    const asset = assetUrl(c, assets.url);
    return c.html(renderGrid({ name, place, page, films: shown, facets, now: now(), asset }));
  });

  routes.get("/:token/:id/", (c) =>
    c.redirect(`../${encodeURIComponent(c.req.param("id"))}${new URL(c.req.url).search}`, 308),
  );

  routes.get("/:token/:id", async (c) => {
    const channel = c.get("channel");
    const entry = await gallery.get(channel, c.req.param("id"));
    if (!entry) return closed(c, "no-video");
    const { id } = entry;
    const place = readPlace(c.req.query());
    const [name, film, tree, neighbours] = await Promise.all([
      named(channel),
      films.one(entry),
      family(channel, id),
      findNeighbours(gallery, { channel, entry, place, limit: PAGE_SIZE }),
    ]);
    if (!film) return closed(c, "no-video");
    const relatives = await Promise.all(
      (tree ? idsOf(tree) : []).map((relative) => gallery.get(channel, relative)),
    );
    const shown = new Set(relatives.flatMap((relative) => relative?.id ?? []));
    c.header("cache-control", ASK_FIRST);
    const { query } = place;
    const view = { name, query, film, family: tree, shown, neighbours, asset: assetUrl(c, assets.url) };
    return c.html(renderVideo({ ...view, link: link(film.job) }));
  });

  routes.get("/:token/:id/:file", async (c) => {
    const { id, file } = c.req.param();
    const entry = await gallery.get(c.get("channel"), id);
    const wanted = (["video", "thumbnail", "spritesheet"] as const).find((known) => known === file);
    const found = entry && wanted && (await films.file(entry.id, wanted));
    const download = c.req.query("download") !== undefined;
    return (found && (await serveFile(c, found, media, { download }))) ?? closed(c, "no-video");
  });
  routes.get("/:token/*", (c) => closed(c, "no-video"));
  return routes;
}

/** Addresses of static files, seen from the page that is asked for. */
function assetUrl(c: Context, url: AssetUrl): AssetUrl {
  // "/g/token/" and "/g/token/id" are one level below the assets.
  const root = levelsUp(c, 3);
  return (name) => `${root}${url(name).slice(1)}`;
}

/** The way up from the address that is asked for to one of so many parts; "/g/token/" has four. */
function levelsUp(c: Context, parts: number): string {
  return "../".repeat(Math.max(0, c.req.path.split("/").length - parts));
}
