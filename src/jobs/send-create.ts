import { buffer } from "node:stream/consumers";
import type { MediaStore } from "../media/media-store.ts";
import type { Video } from "../videos/video.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import type { Derivation, Job, JobRequest } from "./job.ts";

/** Gathers what a create needs, so that nothing but the backend can fail once it is written down as sent. */
export async function prepareCreate(
  { request }: Job,
  { videos, media }: { videos: VideosClient; media: MediaStore },
): Promise<() => Promise<Video>> {
  if (request.operation !== "create") return () => derive(request, videos);
  const { image, model, seconds, size, prompt, extras } = request;
  const clip = { model, seconds, size, prompt, ...(extras && { extras }) };
  if (!image) return () => videos.create(clip);
  const bytes = await buffer(media.read(image.mediaKey));
  const { filename, contentType } = image;
  return () => videos.create({ ...clip, image: { filename, contentType, bytes } });
}

function derive(
  { operation, sourceVideoId, prompt, addSeconds }: JobRequest & { operation: Derivation },
  videos: VideosClient,
): Promise<Video> {
  if (operation === "remix") return videos.remix(sourceVideoId, prompt);
  if (operation === "edit") return videos.edit(sourceVideoId, prompt);
  return videos.extend(sourceVideoId, prompt, addSeconds ?? "");
}
