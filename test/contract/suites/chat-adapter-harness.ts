import type { ChatAdapter, ChatRequest, Destination } from "../../../src/chat/adapter.ts";
import type { Card } from "../../../src/chat/card.ts";
import type { MediaFile } from "../../../src/chat/media-file.ts";
import type { MediaStore } from "../../../src/media/media-store.ts";

/** A message as people see it. */
export interface ShownMessage {
  id: string;
  text: string;
  /** What its buttons carry. */
  buttons: string[];
  /** The video that plays in it. */
  video: Buffer | undefined;
  /** Whom it called: ids, or words for many. */
  notified: string[];
}

/** A page as the person sees it who asked for it. */
export interface ShownPage {
  text: string;
  /** What its buttons carry, from above. */
  buttons: string[];
  /** Where it leads to. */
  links: string[];
  /** How many pictures it shows, those of its rows and the one that stands for a video. */
  pictures: number;
  /** The video that plays in it, where the platform can do that. */
  video: Buffer | undefined;
}

/** A platform with one person in one empty channel. */
export interface ChatAdapterHarness {
  adapter: ChatAdapter;
  channel: Destination;
  person: { id: string; name: string };
  /** Whether a video is shown in its card's own message, so that there is no place for it once that is deleted. */
  needsCard: boolean;
  /** Somebody, and a channel of the platform that they may not read. */
  closed: { personId: string; channel: Destination };
  /** What the channel is called; undefined where channels have no names. */
  channelName: string | undefined;
  /** What stands in the channel, oldest first. */
  messages(): Promise<ShownMessage[]> | ShownMessage[];
  /** Somebody deletes a message. */
  remove(messageId: string): Promise<void> | void;
  /** The person asks for a video; resolves when `answer` has and the platform knows. */
  ask(answer: (request: ChatRequest) => Promise<void>): Promise<void>;
  /** The person presses the button that carries `button` on the newest page; resolves as `ask` does. */
  press(button: string, answer: (request: ChatRequest) => Promise<void>): Promise<void>;
  /** The texts that the person alone was shown; pages are none. */
  privates(): Promise<string[]> | string[];
  /** The files that came with them. */
  privateFiles(): Promise<Buffer[]> | Buffer[];
  /** The pages that the person alone sees now, oldest first. */
  pages(): Promise<ShownPage[]> | ShownPage[];
  /** Where the adapter takes files from. */
  media: MediaStore;
  close(): Promise<void>;
}

/** The job that every test is about. */
export const jobId = "k3v8zq1xw0";
/** The button under a finished video. */
export const remix = { action: "remix", argument: jobId, label: "Remix", style: "primary" } as const;

/** A card of that job, just posted. */
export function card(change: Partial<Card> = {}): Card {
  return {
    jobId,
    revision: 1,
    kind: "progress",
    tone: "neutral",
    title: "Queued",
    prompt: "a paper boat",
    lines: [["sora-2 · 4 s"]],
    progress: { percent: 0, label: "1 s so far" },
    footnote: ["Job ", { code: jobId }],
    buttons: [],
    ...change,
  };
}

const { progress: _, ...still } = card();
/** Its card when the video is there. */
export const done: Card = {
  ...still,
  revision: 9,
  kind: "final",
  tone: "good",
  title: "Done in 32 s",
  altText: "AI-generated video: a paper boat",
  buttons: [remix],
};
/** What stands there when the video was deleted. */
export const tombstone: Card = {
  ...still,
  revision: 20,
  kind: "final",
  title: "Deleted",
  prompt: "",
  lines: [["This video was deleted."]],
};

/** A stored file of that job as the core hands it over; its bytes are put there first. */
export function fileOf(
  media: MediaStore,
  name: "video.mp4" | "thumbnail.webp",
  bytes: Uint8Array,
): MediaFile {
  const key = `${jobId}/${name}`;
  const contentType = name === "video.mp4" ? "video/mp4" : "image/webp";
  return {
    key,
    filename: `showreel-${jobId}${name.slice(name.indexOf("."))}`,
    contentType,
    bytes: bytes.length,
    open: () => media.read(key),
    blob: (until) => media.blob(key, contentType, until),
  };
}
