import { ComponentType } from "discord.js";
import type { Attachment, Component, Media } from "./types.ts";

/** Every component of a tree, depth first, accessories and labelled fields included. */
export function* walk(components: readonly Component[]): Generator<Component> {
  for (const component of components) {
    yield component;
    yield* walk(component.components ?? []);
    yield* walk([component.accessory, component.component].filter((child) => child !== undefined));
  }
}

/** Pictures, clips and files that a component names. */
export function mediaIn(component: Component): { media: Media; description: string; spoiler: boolean }[] {
  const { media, file, items = [], description, spoiler } = component;
  const own = [media, file].filter((one) => one !== undefined);
  return [
    ...own.map((one) => ({ media: one, description: description ?? "", spoiler: spoiler === true })),
    ...items.map((item) => ({
      media: item.media,
      description: item.description ?? "",
      spoiler: item.spoiler === true,
    })),
  ];
}

/** The name in `attachment://name`, or undefined for any other address. */
export function attachmentName({ url }: Media): string | undefined {
  return url.startsWith("attachment://") ? url.slice("attachment://".length) : undefined;
}

/** A button as a person sees it. */
interface ButtonView {
  label: string;
  customId: string | undefined;
  url: string | undefined;
  disabled: boolean;
}

/** Something to look at or to play in a message. */
interface MediaView {
  /** Undefined for a picture that lies elsewhere. */
  attachment: Attachment | undefined;
  url: string;
  /** Alt text; empty when there is none. */
  description: string;
  /** It shows when somebody wants to see it. */
  spoiler: boolean;
}

/** A message as a person sees it at one moment. */
export interface MessageView {
  /** Server time in milliseconds. */
  at: number;
  /** The content, or all text displays, a line each. */
  text: string;
  buttons: ButtonView[];
  media: MediaView[];
  flags: number;
}

/** What of a message can be seen: with Components V2 only attachments that a component names. */
export function viewOf(
  message: { content: string; components: Component[]; attachments: Attachment[]; flags: number },
  at: number,
): MessageView {
  const all = [...walk(message.components)];
  const texts = all.filter(({ type }) => type === ComponentType.TextDisplay);
  const named = all.flatMap(mediaIn).map(({ media, ...shown }) => {
    const attachment = message.attachments.find(({ filename }) => filename === attachmentName(media));
    return { attachment, url: media.url, ...shown };
  });
  const loose = message.attachments.map((attachment) => ({
    attachment,
    url: `attachment://${attachment.filename}`,
    description: attachment.description ?? "",
    spoiler: false,
  }));
  return {
    at,
    text: [message.content, ...texts.map(({ content = "" }) => content)].filter(Boolean).join("\n"),
    buttons: all.filter(({ type }) => type === ComponentType.Button).map(buttonView),
    media: message.flags & COMPONENTS_V2 ? named : loose,
    flags: message.flags,
  };
}

/** `IS_COMPONENTS_V2`. */
export const COMPONENTS_V2 = 1 << 15;

function buttonView({ label, emoji, custom_id: customId, url, disabled }: Component): ButtonView {
  const icon = emoji && typeof emoji === "object" && "name" in emoji ? String(emoji.name) : "";
  return {
    label: label ?? icon,
    customId: customId ?? undefined,
    url: url ?? undefined,
    disabled: disabled ?? false,
  };
}
