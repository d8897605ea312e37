import type { Injection } from "../faults.ts";
import { createHttpServer, type HttpAnswer, type HttpRequest, Refusal, type Route } from "../http-server.ts";
import { createObjects, type StoredObject } from "./objects.ts";
import { requireSignature, type S3Keys } from "./signatures.ts";
import { s3Error, xmlAnswer } from "./xml.ts";

/** A server with one bucket that speaks as much of S3's REST API as the bot uses; any other request is answered with 501. */
export interface S3Server {
  /** What S3_ENDPOINT is set to: `http://127.0.0.1:PORT`. */
  endpoint: string;
  bucket: string;
  keys: S3Keys;
  /** What is in the bucket, by key. */
  objects: ReadonlyMap<string, StoredObject>;
  /** Uploads in parts that are neither complete nor aborted. */
  uploads: ReadonlyMap<string, unknown>;
  /** Operations that were asked for, oldest first, such as "UploadPart". */
  asked: string[];
  inject(injection: Injection): void;
  /** Moves the server's clock. */
  wait(ms: number): void;
  /** Throws when it was asked for something that it does not know. */
  close(): Promise<void>;
}

const KEYS: S3Keys = {
  accessKeyId: "AKIASHOWREELCANARY01",
  secretAccessKey: "canary-of-the-bucket/with+signs=",
  region: "eu-central-1",
};
const BUCKET = "reel";

/** @param options.pageSize of listings: 1,000 by default. */
export async function createS3Server({ pageSize = 1000 }: { pageSize?: number } = {}): Promise<S3Server> {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const objects = createObjects({ now });
  const asked: string[] = [];

  /** By method, whether it is about an object, and the parameters that name an operation. */
  const operations: Record<string, [name: string, run: (request: HttpRequest) => HttpAnswer]> = {
    "PUT object": [
      "PutObject",
      ({ params, bytes }) => ({ status: 200, headers: { etag: objects.put(keyOf(params), bytes).etag } }),
    ],
    "GET object": ["GetObject", (request) => read(request, objects.get(keyOf(request.params)))],
    "HEAD object": [
      "HeadObject",
      ({ params }) => {
        const object = objects.get(keyOf(params));
        return {
          status: 200,
          headers: { ...headersOf(object), "content-length": String(object.body.length) },
        };
      },
    ],
    "DELETE object": [
      "DeleteObject",
      ({ params }) => {
        objects.remove(keyOf(params));
        return { status: 204 };
      },
    ],
    "GET bucket list-type": ["ListObjectsV2", ({ query }) => list(query)],
    "POST object uploads": [
      "CreateMultipartUpload",
      ({ params }) => {
        const Key = keyOf(params);
        return xmlAnswer("InitiateMultipartUploadResult", {
          Bucket: BUCKET,
          Key,
          UploadId: objects.begin(Key),
        });
      },
    ],
    "PUT object partNumber uploadId": [
      "UploadPart",
      ({ params, query, bytes }) => {
        const number = Number(query.get("partNumber"));
        const etag = objects.part(query.get("uploadId") ?? "", keyOf(params), number, bytes);
        return { status: 200, headers: { etag } };
      },
    ],
    "POST object uploadId": [
      "CompleteMultipartUpload",
      ({ params, query, bytes }) => {
        const Key = keyOf(params);
        const { etag: ETag } = objects.complete(query.get("uploadId") ?? "", Key, partsIn(bytes.toString()));
        return xmlAnswer("CompleteMultipartUploadResult", { Bucket: BUCKET, Key, ETag });
      },
    ],
    "DELETE object uploadId": [
      "AbortMultipartUpload",
      ({ params, query }) => {
        objects.abort(query.get("uploadId") ?? "", keyOf(params));
        return { status: 204 };
      },
    ],
  };

  function list(query: URLSearchParams): HttpAnswer {
    const prefix = query.get("prefix") ?? "";
    const after = Buffer.from(query.get("continuation-token") ?? "", "base64").toString();
    const keys = objects.keys(prefix, after);
    const page = keys.slice(0, pageSize);
    const isTruncated = keys.length > page.length;
    return xmlAnswer("ListBucketResult", {
      ...{ Name: BUCKET, Prefix: prefix, KeyCount: page.length, MaxKeys: pageSize, IsTruncated: isTruncated },
      ...(isTruncated && { NextContinuationToken: Buffer.from(page.at(-1) ?? "").toString("base64") }),
      Contents: page.map((Key) => {
        const { body, etag, modifiedAt } = objects.get(Key);
        const LastModified = new Date(modifiedAt).toISOString();
        return { Key, LastModified, ETag: etag, Size: body.length, StorageClass: "STANDARD" };
      }),
    });
  }

  function serve(request: HttpRequest): HttpAnswer {
    const { operation, method, params, query, path } = request;
    const names = [...query.keys()].filter((name) => OPERATION_PARAMETERS.has(name)).sort();
    const kind = [method, operation, ...names].join(" ");
    const [name, run] = operations[kind] ?? [];
    if (name === undefined || run === undefined || [...query.keys()].some(isUnknown)) {
      server.unknownRoutes.push(`${kind} (${path}, ${[...query.keys()].join(" ")})`);
      return s3Error(501, "NotImplemented", "This server does not do that.");
    }
    asked.push(name);
    requireSignature(request, KEYS, now());
    if (params.bucket !== BUCKET)
      throw new Refusal(s3Error(404, "NoSuchBucket", "The specified bucket does not exist."));
    return run(request);
  }

  const routes: Route[] = [
    { operation: "bucket", pattern: /^[A-Z]+ \/(?<bucket>[^/]+)\/?$/, handle: serve },
    { operation: "object", pattern: /^[A-Z]+ \/(?<bucket>[^/]+)\/(?<key>.+)$/, handle: serve },
  ];
  /** Its own time: the SDK sets its clock by it. */
  async function dated(_request: HttpRequest, next: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const answer = await next();
    return { ...answer, headers: { date: new Date(now()).toUTCString(), ...answer.headers } };
  }

  const server = await createHttpServer({ routes, around: dated });
  return {
    ...{ endpoint: server.origin, bucket: BUCKET, keys: KEYS, asked },
    ...{ objects: objects.objects, uploads: objects.uploads },
    inject: server.inject,
    wait(ms) {
      ahead += ms;
    },
    close: server.close,
  };
}

/** The parameters of queries that say which operation is meant. */
const OPERATION_PARAMETERS = new Set(["list-type", "uploads", "uploadId", "partNumber"]);
const OTHER_PARAMETERS =
  /^(X-Amz-.+|x-id|prefix|continuation-token|response-(content-type|content-disposition|cache-control))$/;

function isUnknown(name: string): boolean {
  return !OPERATION_PARAMETERS.has(name) && !OTHER_PARAMETERS.test(name);
}

function keyOf({ key = "" }: Record<string, string>): string {
  return key;
}

function headersOf({ etag, modifiedAt }: StoredObject): Record<string, string> {
  return { etag, "last-modified": new Date(modifiedAt).toUTCString(), "accept-ranges": "bytes" };
}

/** A whole object, or one range of it. */
function read({ query, headers }: HttpRequest, object: StoredObject): HttpAnswer {
  const answered = {
    ...headersOf(object),
    "content-type": query.get("response-content-type") ?? "application/octet-stream",
    ...header("content-disposition", query.get("response-content-disposition")),
    ...header("cache-control", query.get("response-cache-control")),
  };
  if (headers["if-none-match"] === object.etag) return { status: 304, headers: answered };
  const { length } = object.body;
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  const start = first === undefined ? 0 : Number(first);
  const end = last ? Math.min(Number(last), length - 1) : length - 1;
  if (first !== undefined && (start > end || start >= length))
    return s3Error(416, "InvalidRange", "The requested range is not satisfiable");
  const body = object.body.subarray(start, end + 1);
  const sized = { ...answered, "content-length": String(body.length) };
  if (first === undefined) return { status: 200, headers: sized, body };
  return { status: 206, headers: { ...sized, "content-range": `bytes ${start}-${end}/${length}` }, body };
}

function header(name: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [name]: value };
}

/** The parts that the body of a CompleteMultipartUpload names. */
function partsIn(xml: string): { number: number; etag: string }[] {
  return [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = ""]) => ({
    number: Number(/<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1]),
    etag: (/<ETag>(.*?)<\/ETag>/.exec(part)?.[1] ?? "").replaceAll("&quot;", '"'),
  }));
}
