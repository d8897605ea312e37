import type { MediaStore } from "../media/media-store.ts";
import type { FeedFile, FeedMessage } from "./feed.ts";

/** A message with those of its files that the media store still has. */
export interface KeptMessage extends FeedMessage {
  /** The video was shown here and is no longer kept. */
  videoGone?: true;
}

/** Looks up what of a message's files is still there; messages outlast them. */
export type FindKept = (message: FeedMessage) => Promise<KeptMessage>;

/** Builds the look-up over a media store. */
export function createFindKept(media: Pick<MediaStore, "stat">): FindKept {
  async function kept(file: FeedFile | undefined): Promise<FeedFile | undefined> {
    return file && (await media.stat(file.key)) ? file : undefined;
  }

  return async ({ video: shown, thumbnail: still, ...message }) => {
    const [video, thumbnail] = await Promise.all([kept(shown), kept(still)]);
    return {
      ...message,
      ...(video && { video }),
      ...(thumbnail && { thumbnail }),
      ...(shown && !video && { videoGone: true }),
    };
  };
}
