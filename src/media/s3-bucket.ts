import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { ByteRange, MediaLinks } from "./media-store.ts";
import { s3Trouble, statusOf } from "./s3-trouble.ts";

/** A bucket of a server that speaks S3, and the way to it. */
export interface S3Options {
  bucket: string;
  /** What all the bot's keys begin with: empty, or ending with "/". */
  prefix: string;
  /** AWS where undefined; another server gets the bucket's name in the path, for it seldom has a name for each bucket. */
  endpoint: string | undefined;
  region: string;
  /** Without both, the SDK looks for keys where it always does: environment, profile, role. */
  accessKeyId: string | undefined;
  secretAccessKey: string | undefined;
  /** How long a connection may be silent (milliseconds; 30,000 by default); each request is tried three times. */
  timeoutMs?: number | undefined;
}

/** What a listing says of an object. */
export interface S3Object {
  key: string;
  bytes: number;
  /** Unix milliseconds; S3 counts seconds. */
  modifiedAt: number;
}

/** The objects below the prefix, under keys without it. All reject with retryable ServiceErrors `media`. */
export type S3Bucket = Awaited<ReturnType<typeof openS3Bucket>>;

const TIMEOUT_MS = 30_000;
const CONNECTION_TIMEOUT_MS = 5_000;
/** Health has to know sooner than three attempts may take. */
const PROBE_TIMEOUT_MS = 10_000;
/** No media key begins with a dot. */
const PROBE_KEY = ".check";
/** Asked for anew each time: what somebody deleted meanwhile is not shown from a cache. */
const CACHE_CONTROL = "private, no-cache";

/** Sends nothing yet. */
export async function openS3Bucket(options: S3Options) {
  const { bucket: Bucket, prefix } = options;
  const settings = clientSettings(options);
  const client = new S3Client(settings);
  const at = (key: string) => ({ Bucket, Key: prefix + key });

  async function attempt<T>(code: "unwritable" | "unreadable", call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw s3Trouble(error, code);
    }
  }

  const links: MediaLinks = {
    origin: await originOf(settings, at(PROBE_KEY)),
    sign: (key, { contentType, disposition, seconds }) =>
      attempt("unreadable", () =>
        getSignedUrl(
          client,
          new GetObjectCommand({
            ...at(key),
            ResponseContentType: contentType,
            ResponseContentDisposition: disposition,
            ResponseCacheControl: CACHE_CONTROL,
          }),
          { expiresIn: seconds },
        ),
      ),
  };

  /** An object's bytes, none of them where the range is past its end; returns whether there is such an object. */
  async function* get(key: string, range: ByteRange | undefined): AsyncGenerator<Uint8Array, boolean> {
    try {
      const Range = range && `bytes=${range.start}-${range.end}`;
      const { Body } = await client.send(new GetObjectCommand({ ...at(key), Range }));
      if (!(Body instanceof Readable)) throw new TypeError("The S3 client gave no stream.");
      yield* Body;
      return true;
    } catch (error) {
      if (statusOf(error) === 416) return true;
      if (error instanceof Error && error.name === "NoSuchKey") return false;
      throw s3Trouble(error, "unreadable");
    }
  }

  return {
    links,
    /** Whole or not at all: parts are seen once all of them are there, and are removed when one fails. */
    async upload(key: string, body: Readable): Promise<void> {
      // One part of 5 MiB at a time, so that an upload holds few of them, and ends with the first that is refused.
      const upload = new Upload({ client, params: { ...at(key), Body: body }, queueSize: 1 });
      await attempt("unwritable", () => upload.done());
    },
    /** Writes a small object, the same one each time. */
    async probe(): Promise<void> {
      const abortSignal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
      const command = new PutObjectCommand({ ...at(PROBE_KEY), Body: "Showreel can write here.\n" });
      await attempt("unwritable", () => client.send(command, { abortSignal }));
    },
    async head(key: string): Promise<S3Object | undefined> {
      try {
        const { ContentLength = 0, LastModified } = await client.send(new HeadObjectCommand(at(key)));
        return { key, bytes: ContentLength, modifiedAt: LastModified?.getTime() ?? 0 };
      } catch (error) {
        if (statusOf(error) !== 404) throw s3Trouble(error, "unreadable");
      }
      // An answer to HEAD does not say what it is that is not there: the object, the bucket, or the server behind a proxy.
      const look = get(key, { start: 0, end: 0 });
      await look.next();
      await look.return(false);
      return undefined;
    },
    get,
    /** One by one: what a request for many has to carry differs between servers (Content-MD5, or a newer checksum). */
    remove: (key: string) =>
      attempt("unwritable", async () => void (await client.send(new DeleteObjectCommand(at(key))))),
    /** All objects whose keys begin like that. */
    async *list(start = ""): AsyncGenerator<S3Object, void> {
      try {
        for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix + start })) {
          for (const { Key = "", Size = 0, LastModified } of page.Contents ?? [])
            yield { key: Key.slice(prefix.length), bytes: Size, modifiedAt: LastModified?.getTime() ?? 0 };
        }
      } catch (error) {
        throw s3Trouble(error, "unreadable");
      }
    },
  };
}

function clientSettings(options: S3Options): S3ClientConfig {
  const { endpoint, region, accessKeyId, secretAccessKey, timeoutMs = TIMEOUT_MS } = options;
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    region,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(hasKeys && { credentials: { accessKeyId, secretAccessKey } }),
    // Not every server knows the newer checksums; a hash of each payload is signed without them.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, socketTimeout: timeoutMs },
  };
}

/** Where links will lead, as the library sees it; with keys that do not matter, since the true ones may yet have to come. */
async function originOf(settings: S3ClientConfig, at: { Bucket: string; Key: string }): Promise<string> {
  const anybody = new S3Client({
    ...settings,
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
  });
  return new URL(await getSignedUrl(anybody, new GetObjectCommand(at))).origin;
}
