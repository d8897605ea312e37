import { ServiceError } from "../errors.ts";

/** What goes wrong with a bucket: how it is told, by the error's name or the answer's status, and what that means. */
const TROUBLES: readonly { names: RegExp; statuses?: readonly number[]; full?: true; words: string }[] = [
  { names: /^NoSuchBucket$/, words: "There is no such bucket: check MEDIA_URL, S3_ENDPOINT and S3_REGION." },
  {
    names: /StorageFull|QuotaExceeded|^InsufficientStorage/,
    statuses: [507],
    full: true,
    words: "The storage that holds the media is full.",
  },
  {
    names: /^(PermanentRedirect|AuthorizationHeaderMalformed)$/,
    statuses: [301, 307],
    words: "The bucket is in another region: set S3_REGION.",
  },
  { names: /^RequestTimeTooSkewed$/, words: "The machine's clock is not what the bucket's server takes." },
  {
    names: /^CredentialsProviderError$/,
    words: "There are no keys for the bucket: set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.",
  },
  {
    names: /AccessDenied|AccessKey|SignatureDoesNotMatch|ExpiredToken|InvalidToken/,
    statuses: [401, 403],
    words: "The bucket does not let the bot do that: check its keys and what they may do (docs/media.md).",
  },
];
const NO_ANSWER = "The bucket's server does not answer.";

/**
 * What the S3 client failed with, as a retryable ServiceError: `disk_full` where the storage is, else the given code.
 * Names: docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, MinIO's (XMinio…) and Ceph's.
 */
export function s3Trouble(cause: unknown, code: "unwritable" | "unreadable"): ServiceError {
  const name = cause instanceof Error ? cause.name : "";
  const status = statusOf(cause);
  const trouble = TROUBLES.find(
    ({ names, statuses = [] }) => names.test(name) || (status !== undefined && statuses.includes(status)),
  );
  const unknown = status === undefined ? NO_ANSWER : `The bucket's server failed (${name}, ${status}).`;
  return new ServiceError("media", trouble?.full ? "disk_full" : code, trouble?.words ?? unknown, {
    retryable: true,
    cause,
  });
}

/** The status of the answer that an error of the S3 client tells of; undefined where none came. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("$metadata" in error)) return undefined;
  const { $metadata: metadata } = error;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}
