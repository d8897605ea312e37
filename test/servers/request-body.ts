/** One file of a multipart request. */
export interface UploadedFile {
  /** Name of the form field, such as `files[0]`. */
  field: string;
  filename: string;
  contentType: string;
  bytes: Buffer;
}

/** What a request carried, whatever way it was encoded. */
export interface RequestBody {
  /** JSON as sent; a form as an object of its fields; `payload_json` parsed where a form has it. */
  payload: unknown;
  files: UploadedFile[];
}

/** Reads JSON, url-encoded and multipart bodies; any other content type has no payload. Throws on malformed JSON. */
export async function readRequestBody(contentType: string, bytes: Buffer): Promise<RequestBody> {
  if (bytes.length === 0) return { payload: undefined, files: [] };
  if (contentType.startsWith("application/json")) {
    return { payload: JSON.parse(bytes.toString("utf8")), files: [] };
  }
  if (contentType.startsWith("application/x-www-form-urlencoded")) {
    return { payload: Object.fromEntries(new URLSearchParams(bytes.toString("utf8"))), files: [] };
  }
  if (contentType.startsWith("multipart/form-data")) return readMultipart(contentType, bytes);
  return { payload: undefined, files: [] };
}

async function readMultipart(contentType: string, bytes: Buffer): Promise<RequestBody> {
  const form = await new Response(new Uint8Array(bytes), {
    headers: { "content-type": contentType },
  }).formData();
  const fields: Record<string, string> = {};
  const files: UploadedFile[] = [];
  for (const [field, value] of form) {
    if (typeof value === "string") fields[field] = value;
    else {
      const content = Buffer.from(await value.arrayBuffer());
      files.push({ field, filename: value.name, contentType: value.type, bytes: content });
    }
  }
  const { payload_json: json } = fields;
  return { payload: json === undefined ? fields : JSON.parse(json), files };
}
