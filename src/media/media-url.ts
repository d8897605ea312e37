/** Where media are kept. */
export type MediaPlace =
  | { kind: "file"; directory: string }
  /** All keys of the bucket that are the bot's begin with the prefix, which is empty or ends with "/". */
  | { kind: "s3"; bucket: string; prefix: string };

/** What MEDIA_URL has to look like, for people. */
export const MEDIA_URL_FORM = "must be file:FOLDER or s3://BUCKET, or s3://BUCKET/PREFIX";

/** A host behind the slashes would be taken for a folder. */
const FILE = /^file:(?!\/\/[^/])(.+)$/;
const PREFIX = "[\\w-][\\w.-]*(?:/[\\w-][\\w.-]*)*";
const S3 = new RegExp(`^s3://([a-zA-Z0-9][\\w.-]{1,253}[a-zA-Z0-9])(?:/(${PREFIX}))?/?$`);

/** Reads MEDIA_URL; undefined where it names no place. */
export function readMediaUrl(url: string): MediaPlace | undefined {
  const directory = FILE.exec(url)?.[1];
  if (directory !== undefined) return { kind: "file", directory };
  const [, bucket, prefix] = S3.exec(url) ?? [];
  return bucket === undefined ? undefined : { kind: "s3", bucket, prefix: prefix ? `${prefix}/` : "" };
}
