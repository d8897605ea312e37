import { createHash, randomUUID } from "node:crypto";
import { Refusal } from "../http-server.ts";
import { s3Error } from "./xml.ts";

/** What a bucket holds under a key. */
export interface StoredObject {
  body: Buffer;
  etag: string;
  /** Unix milliseconds, in whole seconds as S3 has them. */
  modifiedAt: number;
}

/** An upload in parts that is not complete. */
interface PendingUpload {
  key: string;
  parts: Map<number, Omit<StoredObject, "modifiedAt">>;
}

/** All but the last part of an upload have so many bytes at least (docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
const MIN_PART_BYTES = 5 * 1024 ** 2;

/** The one bucket of the server. */
export function createObjects({ now }: { now: () => number }) {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, PendingUpload>();
  const modified = () => Math.floor(now() / 1000) * 1000;

  function store(key: string, body: Buffer, etag: string): StoredObject {
    const object = { body, etag, modifiedAt: modified() };
    objects.set(key, object);
    return object;
  }

  function uploadOf(id: string, key: string): PendingUpload {
    const upload = uploads.get(id);
    if (upload?.key !== key) throw new Refusal(s3Error(404, "NoSuchUpload", "There is no such upload."));
    return upload;
  }

  return {
    objects,
    uploads,
    put: (key: string, body: Buffer) => store(key, body, md5(body)),
    get(key: string): StoredObject {
      const object = objects.get(key);
      if (!object) throw new Refusal(s3Error(404, "NoSuchKey", "The specified key does not exist."));
      return object;
    },
    remove: (key: string) => void objects.delete(key),
    begin(key: string): string {
      const id = randomUUID();
      uploads.set(id, { key, parts: new Map() });
      return id;
    },
    part(id: string, key: string, number: number, body: Buffer): string {
      if (!(number >= 1 && number <= 10_000))
        throw new Refusal(s3Error(400, "InvalidArgument", "Part numbers are 1 to 10000."));
      const etag = md5(body);
      uploadOf(id, key).parts.set(number, { body, etag });
      return etag;
    },
    complete(id: string, key: string, named: { number: number; etag: string }[]): StoredObject {
      const { parts } = uploadOf(id, key);
      const bodies = named.map(({ number, etag }, index) => {
        const part = parts.get(number);
        if (part?.etag !== etag)
          throw new Refusal(s3Error(400, "InvalidPart", "A part was not uploaded, or is another one."));
        if (number <= (named[index - 1]?.number ?? 0))
          throw new Refusal(s3Error(400, "InvalidPartOrder", "The parts are not in their order."));
        if (index < named.length - 1 && part.body.length < MIN_PART_BYTES)
          throw new Refusal(s3Error(400, "EntityTooSmall", "A part is too small."));
        return part.body;
      });
      uploads.delete(id);
      const digests = named.map(({ etag }) => Buffer.from(etag.replaceAll('"', ""), "hex"));
      const etag = md5(Buffer.concat(digests)).replace(/"$/, `-${named.length}"`);
      return store(key, Buffer.concat(bodies), etag);
    },
    abort(id: string, key: string): void {
      uploadOf(id, key);
      uploads.delete(id);
    },
    /** The keys that begin like that and come after another one, in S3's order. */
    keys: (prefix: string, after: string) =>
      [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort(),
  };
}

function md5(bytes: Buffer): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}
