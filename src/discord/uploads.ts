import { type APIComponentInContainer, ComponentType } from "discord.js";
import type { MediaFile } from "../chat/media-file.ts";
import { visibleText } from "../chat/rich-text.ts";
import type { Upload } from "./discord-api.ts";

const ALT_TEXT_MAX = 1_024;

/** The files of one message, in the order of their ids. */
export interface Uploads {
  readonly list: Upload[];
  /** Takes a file into the message; resolves to how a component refers to it. */
  add(file: MediaFile): { url: string };
}

/** Begins with no file; each gets a name of its own, in which Discord changes nothing. */
export function createUploads(): Uploads {
  const list: Upload[] = [];
  return {
    list,
    add(file) {
      const plain = file.filename.replace(/[^\w.-]+/g, "_");
      const isTaken = list.some(({ filename }) => filename === plain);
      const filename = isTaken ? `${list.length}-${plain}` : plain;
      list.push({ filename, bytes: file.bytes, blob: (until) => file.blob(until) });
      return { url: `attachment://${filename}` };
    },
  };
}

/** A picture or video to look at, in its own gallery. */
export function galleryOf(
  media: { url: string },
  { altText, spoiler = false }: { altText: string; spoiler?: boolean },
): APIComponentInContainer {
  const item = { media, ...descriptionOf(altText), ...(spoiler && { spoiler }) };
  return { type: ComponentType.MediaGallery, items: [item] };
}

/** The description that a component takes, left out where nothing is to be said. */
export function descriptionOf(altText: string): { description?: string } {
  const description = visibleText(altText).slice(0, ALT_TEXT_MAX).toWellFormed();
  return description === "" ? {} : { description };
}
