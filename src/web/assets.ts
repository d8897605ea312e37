import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Hono } from "hono";

/** Gives the address of a static file. */
export type AssetUrl = (name: string) => string;

/** The page's style sheets, in their order. */
export const STYLESHEETS = [
  "page.css",
  "forms.css",
  "composer.css",
  "messages.css",
  "screen.css",
  "spoiler.css",
  "private-answers.css",
];

/** The web gallery's own, after those. */
export const GALLERY_STYLESHEETS = ["gallery.css", "gallery-wall.css", "gallery-video.css"];

const own = (name: string) => [name, new URL(`static/${name}`, import.meta.url).href] as const;
const htmx = (name: string, path: string) => [name, import.meta.resolve(`htmx.org/dist/${path}`)] as const;

/** Everything the page loads: its name there, and the file. */
const FILES = [
  ...[...STYLESHEETS, ...GALLERY_STYLESHEETS, "composer.js", "playground.js", "gallery.js", "icon.svg"].map(
    own,
  ),
  htmx("htmx.js", "htmx.min.js"),
  htmx("hx-sse.js", "ext/hx-sse.min.js"),
];

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Static files under an address that changes with their content, so that browsers may keep them for ever. */
export function createAssets(): { routes: Hono; url: AssetUrl } {
  const files = new Map(FILES.map(([name, file]) => [name, readFileSync(fileURLToPath(file))]));
  const hash = createHash("sha256");
  for (const [name, content] of files) hash.update(name).update(content);
  const version = hash.digest("base64url").slice(0, 12);

  const routes = new Hono();
  routes.get("/assets/:version/:name", (c) => {
    const name = c.req.param("name");
    const content = files.get(name);
    if (!content || c.req.param("version") !== version) return c.notFound();
    return c.body(new Uint8Array(content), 200, {
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "cache-control": "public, max-age=31536000, immutable",
    });
  });
  return { routes, url: (name) => `/assets/${version}/${name}` };
}
