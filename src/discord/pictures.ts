import type { APIMessage, APIMessageTopLevelComponent, Message } from "discord.js";
import { ComponentType } from "discord.js";
import type { ImageAttachment } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import type { DiscordApi } from "./discord-api.ts";
import type { PersonFile } from "./person-files.ts";

/** A picture in a message. */
type MessagePicture = PersonFile & { id: string };

/** Where a message's pictures are looked for. */
interface Source {
  attachments: MessagePicture[];
  components: APIMessageTopLevelComponent[];
}

const REFERENCE = /^(\d{1,20})\.(\d{1,20})\.(\d{1,20})$/;

/** Finds the pictures of messages, and finds them again: the addresses of files are signed and expire within a day. */
export function createPictures({
  api,
  imageOf,
}: {
  api: DiscordApi;
  imageOf: (file: PersonFile) => ImageAttachment;
}) {
  return {
    /** The pictures in somebody's message, forwarded ones too, each with its reference. */
    of(message: Message): ImageAttachment[] {
      const place = `${message.channelId}.${message.id}`;
      return picturesIn(sourceOf(message)).map((picture) => ({
        ...imageOf(picture),
        reference: `${place}.${picture.id}`,
      }));
    },

    /** A picture by its reference, which names channel, message and attachment; what it is shows when it is opened. */
    reopen(reference: string): ImageAttachment {
      return {
        filename: "picture",
        contentType: "image/*",
        bytes: 0,
        reference,
        async open(signal) {
          const [, channel, message, attachment] = REFERENCE.exec(reference) ?? [];
          if (channel === undefined || message === undefined) throw gone();
          const found = picturesIn(sourceOfApi(await api.message(channel, message)));
          const picture = found.find(({ id }) => id === attachment);
          if (!picture) throw gone();
          return imageOf(picture).open(signal);
        },
      };
    },
  };
}

function picturesIn({ attachments, components }: Source): MessagePicture[] {
  const all = [...components.flatMap(shownIn), ...attachments];
  const pictures = all.filter(({ contentType }) => contentType?.startsWith("image/"));
  return [...new Map(pictures.map((picture) => [picture.id, picture])).values()];
}

/** Discord leaves attachments that a component shows out of the message's list (discord/discord-api-docs#8277). */
function shownIn(component: APIMessageTopLevelComponent): MessagePicture[] {
  if (component.type === ComponentType.Container) return component.components.flatMap(shownIn);
  const media =
    component.type === ComponentType.MediaGallery
      ? component.items.map((item) => item.media)
      : component.type === ComponentType.Section && component.accessory.type === ComponentType.Thumbnail
        ? [component.accessory.media]
        : [];
  return media.flatMap(({ attachment_id: id, url, content_type: contentType = null }) => {
    if (id === undefined || !URL.canParse(url)) return [];
    const name = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
    return [{ id, name, contentType, size: 0, url }];
  });
}

function sourceOf(message: Message): Source {
  const forwarded = [...message.messageSnapshots.values()];
  return {
    attachments: [message, ...forwarded].flatMap(({ attachments }) => [...attachments.values()]),
    components: message.components.map((component) => component.toJSON()),
  };
}

function sourceOfApi({
  attachments,
  components = [],
  message_snapshots: forwarded = [],
}: APIMessage): Source {
  const all = [...attachments, ...forwarded.flatMap(({ message }) => message.attachments)];
  return {
    attachments: all.map(({ id, filename, content_type, size, url }) => ({
      id,
      name: filename,
      contentType: content_type ?? null,
      size,
      url,
    })),
    components,
  };
}

function gone(): ServiceError {
  return new ServiceError("discord", "gone", "The picture is not there any more.", { retryable: false });
}
