import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { createFileMediaStore } from "./file-media-store.ts";
import type { MediaStore } from "./media-store.ts";

/** The settings that say where media are kept. */
type MediaConfig = Pick<
  Config,
  "MEDIA_URL" | "MEDIA_MAX_GB" | "S3_ENDPOINT" | "S3_REGION" | "S3_ACCESS_KEY_ID" | "S3_SECRET_ACCESS_KEY"
>;

/** Opens the store that MEDIA_URL names; a bucket is not asked for anything yet. */
export async function openMedia({
  config,
  logger,
}: {
  config: MediaConfig;
  logger: Logger;
}): Promise<MediaStore> {
  const { MEDIA_URL: place } = config;
  const maxTotalBytes = config.MEDIA_MAX_GB * 1024 ** 3;
  if (place.kind === "file")
    return createFileMediaStore({ directory: place.directory, maxTotalBytes, logger });
  // Loaded only where it is configured, for the time and memory that its library takes.
  const { createS3MediaStore } = await import("./s3-media-store.ts");
  return createS3MediaStore({
    bucket: place.bucket,
    prefix: place.prefix,
    endpoint: config.S3_ENDPOINT,
    region: config.S3_REGION,
    accessKeyId: config.S3_ACCESS_KEY_ID,
    secretAccessKey: config.S3_SECRET_ACCESS_KEY,
    maxTotalBytes,
    logger,
  });
}
