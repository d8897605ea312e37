import { ComponentType } from "discord.js";
import type { AttachmentStore } from "./attachments.ts";
import { attachmentName } from "./components.ts";
import type { StoredMessage } from "./state.ts";
import type { Attachment, Component, Media } from "./types.ts";

/** What Discord adds to a component that leaves it out. */
const DEFAULTS: Record<number, object> = {
  [ComponentType.Container]: { accent_color: null, spoiler: false },
  [ComponentType.Thumbnail]: { description: null, spoiler: false },
  [ComponentType.Separator]: { spacing: 1, divider: true },
  [ComponentType.File]: { spoiler: false },
  [ComponentType.StringSelect]: { min_values: 1, max_values: 1 },
};

/** A message's components as Discord sends them: numbered, with defaults, `attachment://` turned into links. */
export function presentComponents(message: StoredMessage, { present }: AttachmentStore): object[] {
  let last = 0;

  function show(component: Component): object {
    const { type, id, components, accessory, items, media, file } = component;
    last += 1;
    return {
      ...DEFAULTS[type],
      ...component,
      id: id ?? last,
      ...(components && { components: components.map(show) }),
      ...(accessory && { accessory: show(accessory) }),
      ...(items && {
        items: items.map((item) => ({ description: null, spoiler: false, ...item, media: link(item.media) })),
      }),
      ...(media && { media: link(media) }),
      ...(file && {
        file: link(file),
        name: find(file)?.filename ?? null,
        size: find(file)?.bytes.length ?? null,
      }),
    };
  }

  function find(media: Media): Attachment | undefined {
    return message.attachments.find(({ filename }) => filename === attachmentName(media));
  }

  function link(media: Media): object {
    const attachment = find(media);
    if (!attachment) return { id: message.id, proxy_url: media.url, ...media };
    const { id, filename: _, ...shown } = present(attachment);
    return { ...shown, id, attachment_id: id };
  }

  return message.components.map(show);
}
