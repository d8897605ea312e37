import type { Logger } from "pino";
import type { ChatAdapter } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import type { Channels } from "./channels.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { SLACK_FAILURE } from "./errors.ts";
import { cardMessage } from "./messages.ts";
import type { Pictures } from "./pictures.ts";
import type { SharedFiles } from "./shared-files.ts";
import type { Workspaces } from "./workspaces.ts";

interface Dependencies {
  workspaces: Workspaces;
  channels: Channels;
  sharedFiles: SharedFiles;
  pictures: Pictures;
  logger: Logger;
}

/** Nothing is left there to take away, or nothing that the bot could ever reach. */
const OUT_OF_REACH: ReadonlySet<string> = new Set([
  SLACK_FAILURE.gone,
  SLACK_FAILURE.fileGone,
  SLACK_FAILURE.noAccess,
]);

/** Takes video, message and pictures away, file first: it is what people would still find by searching. */
export function createRetraction(dependencies: Dependencies): ChatAdapter["retract"] {
  const { workspaces, channels, sharedFiles, pictures, logger } = dependencies;

  function unlessOutOfReach(err: unknown): void {
    if (!(err instanceof ServiceError) || !OUT_OF_REACH.has(err.code)) throw err;
    logger.debug({ err }, "what should be taken away is gone");
  }

  return async function retract({ destination, result, checkpoint, card }) {
    const workspace = await workspaces.of(destination.workspace);
    const fileId = checkpoint === undefined ? undefined : readCheckpoint(checkpoint).fileId;
    if (fileId !== undefined) {
      // Before the file, so that its end is not heard as somebody's doing.
      await sharedFiles.forget(workspace.id, fileId);
      await workspace.call(({ files }) => files.delete({ file: fileId })).catch(unlessOutOfReach);
    }
    await pictures.erase(workspace, card.jobId).catch(unlessOutOfReach);
    const { channel } = destination;
    const ts = result?.message;
    if (ts !== undefined && ts !== destination.message) {
      await channels
        .asMember(destination, ({ call }) => call(({ chat }) => chat.delete({ channel, ts })))
        .catch(unlessOutOfReach);
    }
    const { message: cardTs } = destination;
    if (cardTs === undefined) return;
    await channels
      .asMember(destination, ({ call }) =>
        call(({ chat }) => chat.update({ channel, ts: cardTs, ...cardMessage(card) })),
      )
      .catch(unlessOutOfReach);
  };
}
