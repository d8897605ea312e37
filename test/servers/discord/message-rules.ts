import { ComponentType } from "discord.js";
import { attachmentName, COMPONENTS_V2, mediaIn, walk } from "./components.ts";
import { type FieldError, invalidFormBody, refusal } from "./errors.ts";
import type { Attachment, Component } from "./types.ts";

const MAX_COMPONENTS = 40;
const MAX_TEXT = 4000;

/** The parts of a message that rules speak about, as they would be after the request. */
export interface Draft {
  content: string;
  embeds: unknown[];
  components: Component[];
  attachments: Attachment[];
  flags: number;
}

/** Throws what Discord finds wrong with a message as a whole, after each field by itself was found right. */
export function checkMessage(draft: Draft): void {
  const { content, embeds, components, attachments, flags } = draft;
  const isLayout = (flags & COMPONENTS_V2) !== 0;
  const all = [...walk(components)];
  const errors = [...duplicatedIds(all), ...missingAttachments(all, attachments)];
  if (isLayout) errors.push(...legacyFields(draft), ...tooMuch(all));
  if (errors.length > 0) throw invalidFormBody(errors);

  const isEmpty = isLayout ? components.length === 0 : !content && embeds.length + attachments.length === 0;
  if (isEmpty) throw refusal("emptyMessage");
}

function duplicatedIds(all: readonly Component[]): FieldError[] {
  const ids = all.flatMap(({ custom_id: id }) => (id ? [id] : []));
  const isRepeated = new Set(ids).size < ids.length;
  const message = "Component custom id cannot be duplicated";
  return isRepeated ? [{ path: ["components"], code: "COMPONENT_CUSTOM_ID_DUPLICATED", message }] : [];
}

function missingAttachments(all: readonly Component[], attachments: readonly Attachment[]): FieldError[] {
  const names = attachments.map(({ filename }) => filename);
  return all
    .flatMap(mediaIn)
    .map(({ media }) => attachmentName(media))
    .filter((name) => name !== undefined && !names.includes(name))
    .map((name) => ({
      path: ["components"],
      code: "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
      message: `The referenced attachment was not found: ${name}`,
    }));
}

function legacyFields({ content, embeds }: Draft): FieldError[] {
  const used = [...(content ? ["content"] : []), ...(embeds.length > 0 ? ["embeds"] : [])];
  return used.map((field) => ({
    path: [field],
    code: "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    message: `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
  }));
}

function tooMuch(all: readonly Component[]): FieldError[] {
  const errors: FieldError[] = [];
  const path = ["components"];
  if (all.length > MAX_COMPONENTS) {
    const message = `The maximum number of components is ${MAX_COMPONENTS}, not ${all.length}`;
    errors.push({ path, code: "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message });
  }
  const texts = all.filter(({ type }) => type === ComponentType.TextDisplay);
  const length = texts.reduce((sum, { content = "" }) => sum + content.length, 0);
  if (length > MAX_TEXT) {
    const message = `The cumulative displayable text exceeds the maximum size of ${MAX_TEXT}`;
    errors.push({ path, code: "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message });
  }
  return errors;
}
