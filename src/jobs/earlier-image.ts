import { UserError } from "../errors.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { ClipSettings } from "../videos/catalog.ts";
import type { JobRequest, ReferenceImage } from "./job.ts";
import { keepImage, loadPicture } from "./reference-image.ts";

/**
 * Copies the picture of an earlier job for a new one: every job has its picture to itself, so that none loses it with
 * another. @throws UserError when it is no longer kept.
 */
export async function copyImage(
  jobId: string,
  image: ReferenceImage | undefined,
  media: MediaStore,
): Promise<ReferenceImage | undefined> {
  if (!image) return undefined;
  const mediaKey = image.mediaKey.replace(/^[^/]+/, jobId);
  if (!(await media.stat(image.mediaKey))) throw imageGone();
  await media.put(mediaKey, media.read(image.mediaKey));
  return { ...image, mediaKey };
}

/** The same for a clip that may have another size. @throws UserError */
export async function refitImage(
  jobId: string,
  earlier: (JobRequest & { operation: "create" }) | undefined,
  { size }: ClipSettings,
  media: MediaStore,
): Promise<ReferenceImage | undefined> {
  const image = earlier?.image;
  if (!image || earlier.size === size) return copyImage(jobId, image, media);
  const { filename, contentType, mediaKey } = image;
  const info = await media.stat(mediaKey);
  if (!info) throw imageGone();
  const kept = { filename, contentType, bytes: info.bytes, open: async () => media.read(mediaKey) };
  return keepImage(jobId, await loadPicture(kept), size, media);
}

function imageGone(): UserError {
  return new UserError("image_gone", "The picture is no longer kept here. Attach it again.", "image");
}
