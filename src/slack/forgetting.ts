import type { Logger } from "pino";
import type { ChatAdapter } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { SLACK_FAILURE } from "./errors.ts";
import type { Pictures } from "./pictures.ts";
import type { SharedFiles } from "./shared-files.ts";
import type { Workspaces } from "./workspaces.ts";

interface Dependencies {
  workspaces: Workspaces;
  sharedFiles: SharedFiles;
  pictures: Pictures;
  logger: Logger;
}

/**
 * Takes the pictures that pages showed of a video from Slack, and forgets where its file stands. Where Slack does not
 * let them go, as after the app was taken out of the workspace, nothing is remembered of them all the same.
 */
export function createForgetting(dependencies: Dependencies): NonNullable<ChatAdapter["forget"]> {
  const { workspaces, sharedFiles, pictures, logger } = dependencies;

  return async function forget({ jobId, destination: { workspace: team }, checkpoint }) {
    const fileId = checkpoint === undefined ? undefined : readCheckpoint(checkpoint).fileId;
    if (fileId !== undefined) await sharedFiles.forget(team, fileId);
    try {
      await pictures.erase(await workspaces.of(team), jobId);
    } catch (err) {
      if (!(err instanceof ServiceError)) throw err;
      // Of a workspace that took the app out the token does not come back.
      if (err.retryable && err.code !== SLACK_FAILURE.unauthorized) throw err;
      logger.warn({ err, jobId }, "Slack does not let pictures of pages go");
      await pictures.abandon(team, jobId);
    }
  };
}
