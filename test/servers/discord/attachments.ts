import { createHash } from "node:crypto";
import type { HttpAnswer } from "../http-server.ts";
import type { UploadedFile } from "../request-body.ts";
import type { Clock } from "./clock.ts";
import { invalidFormBody, refusal } from "./errors.ts";
import type { MessageBody } from "./message-schema.ts";
import type { Attachment, Upload } from "./types.ts";

const LINK_LIFE_MS = 24 * 60 * 60 * 1000;

/** Keeps files and serves them under signed links, as Discord's CDN does. */
export type AttachmentStore = ReturnType<typeof createAttachmentStore>;

/** @param origin where the server listens; known only once it does. */
export function createAttachmentStore({ clock, origin }: { clock: Clock; origin: () => string }) {
  const kept = new Map<string, Attachment>();

  function add(channelId: string, upload: Upload, description?: string | null): Attachment {
    const attachment = {
      ...upload,
      filename: upload.filename.replace(/[^\w.-]+/g, "_"),
      ...pngSize(upload.bytes),
      id: clock.snowflake(),
      channelId,
      ...(description ? { description } : {}),
    };
    kept.set(attachment.id, attachment);
    return attachment;
  }

  /** The attachment as the API shows it; its link holds for a day. */
  function present(attachment: Attachment) {
    const { id, channelId, filename, contentType, bytes, width, height, description } = attachment;
    const expires = Math.floor((clock.now() + LINK_LIFE_MS) / 1000).toString(16);
    const path = `/attachments/${channelId}/${id}/${encodeURIComponent(filename)}`;
    const url = `${origin()}${path}?ex=${expires}&hm=${sign(id, expires)}`;
    const size = { width, height };
    const pixels = width && height ? size : {};
    const alt = description ? { description } : {};
    return {
      id,
      filename,
      size: bytes.length,
      content_type: contentType,
      url,
      proxy_url: url,
      ...pixels,
      ...alt,
    };
  }

  function serve(id: string, query: URLSearchParams): HttpAnswer {
    const attachment = kept.get(id);
    const expires = query.get("ex") ?? "";
    const isSigned = query.get("hm") === sign(id, expires);
    if (!attachment || !isSigned || Number.parseInt(expires, 16) * 1000 < clock.now()) {
      return { status: 404, body: "This content is no longer available." };
    }
    return { status: 200, headers: { "content-type": attachment.contentType }, body: attachment.bytes };
  }

  /** What a message has after a request: those kept, in the order the body names them, then the new ones. */
  function afterRequest(request: {
    channelId: string;
    present: readonly Attachment[];
    body: MessageBody;
    files: readonly UploadedFile[];
    sizeLimit: number;
  }): Attachment[] {
    const { channelId, present: before, body, files, sizeLimit } = request;
    if (files.some(({ bytes }) => bytes.length > sizeLimit)) throw refusal("requestTooLarge");
    const uploads = new Map(files.map((file) => [/^files\[(\d+)\]$/.exec(file.field)?.[1] ?? "", file]));
    const listed = body.attachments;
    const upload = (file: UploadedFile, description?: string | null) =>
      add(channelId, { ...file, contentType: file.contentType || "application/octet-stream" }, description);
    if (!listed) return [...before, ...files.map((file) => upload(file))];

    const found = listed.map(({ id, filename, description }, index) => {
      const file = uploads.get(id);
      const old = before.find((attachment) => attachment.id === id);
      if (file) return upload({ ...file, filename: filename ?? file.filename }, description);
      if (old) return old;
      const message = `Neither a file of this request nor an attachment of this message: ${id}`;
      throw invalidFormBody([{ path: ["attachments", index], code: "ATTACHMENT_NOT_FOUND", message }]);
    });
    return found;
  }

  return { add, present, serve, afterRequest };
}

function sign(id: string, expires: string): string {
  return createHash("sha256").update(`${id} ${expires}`).digest("hex");
}

/** Width and height stand in the first chunk of every PNG. */
function pngSize(bytes: Buffer): { width: number; height: number } | undefined {
  if (bytes.length < 24 || bytes.toString("latin1", 1, 4) !== "PNG") return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}
