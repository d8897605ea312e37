import { expect, it } from "vitest";
import { readMediaUrl } from "../../../src/media/media-url.ts";

it.each([
  ["file:./data/media", "./data/media"],
  ["file:/var/lib/showreel", "/var/lib/showreel"],
  ["file:///var/lib/showreel", "///var/lib/showreel"],
  ["file:C:\\reel", "C:\\reel"],
])("%s is a folder", (url, directory) => {
  expect(readMediaUrl(url)).toEqual({ kind: "file", directory });
});

it.each([
  ["s3://my-reel", "my-reel", ""],
  ["s3://my-reel/", "my-reel", ""],
  ["s3://my.reel.example/show", "my.reel.example", "show/"],
  ["s3://my-reel/show/reel/", "my-reel", "show/reel/"],
])("%s is a bucket, with what its keys begin with", (url, bucket, prefix) => {
  expect(readMediaUrl(url)).toEqual({ kind: "s3", bucket, prefix });
});

it.each([
  "",
  "./data/media",
  "file:",
  "file://host/folder",
  "s3:",
  "s3:my-reel",
  "s3://",
  "s3:///show",
  "s3://a",
  "s3://my reel",
  "s3://key:secret@my-reel",
  "s3://my-reel/../other",
  "s3://my-reel//show",
  "s3://my-reel/show?x=1",
  "https://my-reel.s3.amazonaws.com",
])("%j is no place", (url) => {
  expect(readMediaUrl(url)).toBeUndefined();
});
