import { expect, test } from "vitest";
import type { Channel } from "../../src/gallery/gallery.ts";
import { get } from "../fixtures/gallery-answers.ts";
import { files, type GallerySite, startGallerySite } from "../fixtures/gallery-site.ts";
import { openS3, PREFIX, startS3 } from "../fixtures/s3.ts";
import type { S3Server } from "../servers/s3/s3-server.ts";
import { s3Error } from "../servers/s3/xml.ts";

const general: Channel = { platform: "discord", workspace: "g1", channel: "general" };
const LINK_MS = 900_000;

/** A gallery with one video, whose files are in a bucket. */
async function startSite(): Promise<{ site: GallerySite; server: S3Server; address: string }> {
  const server = await startS3();
  const site = await startGallerySite({ media: await openS3(server) });
  await site.show(general, { id: "one" });
  return { site, server, address: await site.address(general) };
}

/** Where the gallery sends a browser. */
async function linkAt(url: string): Promise<string> {
  const { status, headers } = await get(url);
  expect(status).toBe(302);
  expect(headers.get("cache-control")).toBe("private, max-age=300");
  return headers.get("location") ?? "";
}

test("a gallery sends browsers to the bucket, for the whole file and for the ranges that players ask for", async () => {
  const { site, server, address } = await startSite();
  const link = await linkAt(`${address}one/video`);
  expect(link.startsWith(`${server.endpoint}/${server.bucket}/${PREFIX}one/video.mp4?`)).toBe(true);
  const whole = await get(link);
  expect([whole.status, whole.headers.get("content-type")]).toEqual([200, "video/mp4"]);
  expect(whole.headers.get("content-disposition")).toBe('inline; filename="showreel-one.mp4"');
  expect(whole.headers.get("cache-control")).toBe("private, no-cache");
  expect(whole.body).toEqual(files.video);
  const middle = await get(link, { range: "bytes=100-199" });
  expect([middle.status, middle.headers.get("content-range")]).toEqual([
    206,
    `bytes 100-199/${files.video.length}`,
  ]);
  expect(middle.body).toEqual(files.video.subarray(100, 200));
  expect((await get(link, { "if-none-match": whole.headers.get("etag") ?? "" })).status).toBe(304);

  const taken = await get(await linkAt(`${address}one/spritesheet?download`));
  expect(taken.headers.get("content-disposition")).toBe(
    'attachment; filename="showreel-one-spritesheet.jpg"',
  );
  expect(taken.body).toEqual(files.spritesheet);
  // Through the gallery's own address, as a browser goes.
  const followed = await fetch(`${address}one/thumbnail`);
  expect(Buffer.from(await followed.arrayBuffer())).toEqual(files.thumbnail);
  expect(site.log()).not.toContain("X-Amz");
});

test("a page may show what lies in the bucket, and load nothing else from there", async () => {
  const { server, address } = await startSite();
  const policy = (await get(`${address}one`)).headers.get("content-security-policy") ?? "";
  const directives = policy.split(";").map((directive) => directive.trim());
  expect(directives).toContain(`img-src 'self' ${server.endpoint} data:`);
  expect(directives).toContain(`media-src 'self' ${server.endpoint}`);
  expect(policy.split(server.endpoint)).toHaveLength(3);

  const own = await startGallerySite();
  const { headers } = await get(await own.address(general));
  expect(headers.get("content-security-policy")).toContain("media-src 'self';");
});

test("a link ends after a quarter of an hour", async () => {
  const { server, address } = await startSite();
  const link = await linkAt(`${address}one/video`);
  server.wait(LINK_MS - 5_000);
  expect((await get(link)).status).toBe(200);
  server.wait(10_000);
  const { status, text } = await get(link, { range: "bytes=0-9" });
  expect([status, text]).toEqual([403, expect.stringContaining("Request has expired")]);
});

test("whoever may not see a video gets no link to it, and what is gone has none", async () => {
  const { site, address } = await startSite();
  const other = await site.address({ ...general, channel: "other" });
  for (const url of [`${other}one/video`, `${site.url}/g/no-such-token/one/video`, `${address}two/video`]) {
    const { status, headers } = await get(url);
    expect([status, headers.get("location")]).toEqual([404, null]);
  }
  const link = await linkAt(`${address}one/video`);
  await site.media.delete("one/video.mp4");
  expect((await get(link)).status).toBe(404);
  expect((await get(`${address}one/video`)).status).toBe(404);
  expect((await get(`${address}one`)).text).toContain("no longer kept");
});

test("a HEAD is answered by the gallery, for links are signed for GET", async () => {
  const { address } = await startSite();
  const { status, headers } = await fetch(`${address}one/video`, { method: "HEAD", redirect: "manual" });
  expect([status, headers.get("content-length")]).toEqual([200, String(files.video.length)]);
});

test("a bucket that cannot be asked is said in the log, and people get a page that says so", async () => {
  const { site, server, address } = await startSite();
  server.inject({ method: "HEAD", path: /./, fault: s3Error(403, "AccessDenied", "No.") });
  const { status, text } = await get(`${address}one/video`);
  expect(status).toBe(500);
  expect(text).toContain("<html");
  expect(site.log()).toContain("The bucket does not let the bot do that");
  expect(site.log()).not.toContain("X-Amz");
});
