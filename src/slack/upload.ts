import type { MediaFile } from "../chat/media-file.ts";
import { ServiceError } from "../errors.ts";
import { SLACK_FAILURE } from "./errors.ts";
import type { Workspace } from "./workspaces.ts";

/** Longest time that an upload may take (ms). */
const TIMEOUT_MS = 10 * 60_000;

/** What an upload needs of a file. */
export type Upload = Pick<MediaFile, "filename" | "blob">;

/**
 * Hands a file's bytes to Slack, read as they are sent; nobody sees it until it is completed.
 * @returns the file's id. @throws ServiceError
 */
export async function upload(workspace: Workspace, file: Upload): Promise<string> {
  const ended = new AbortController();
  try {
    return await send(workspace, file.filename, await file.blob(ended.signal));
  } finally {
    ended.abort();
  }
}

async function send({ call }: Workspace, filename: string, body: Blob): Promise<string> {
  const { upload_url: url, file_id: fileId } = await call(({ files }) =>
    files.getUploadURLExternal({ filename, length: body.size }),
  );
  if (!url || !fileId) throw new Error("Slack gave no upload address.");
  const response = await fetch(url, {
    method: "POST",
    body,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new ServiceError("slack", SLACK_FAILURE.unreachable, "The upload broke off.", {
      retryable: true,
      cause,
    });
  });
  await response.body?.cancel();
  if (response.ok) return fileId;
  // The address may have expired; the next try gets another.
  throw new ServiceError("slack", "upload_refused", `Slack refused the bytes (status ${response.status}).`, {
    retryable: true,
  });
}
