import type { Logger } from "pino";
import type { ChatAdapter, Destination } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import { sleep } from "../sleep.ts";
import type { Channels } from "./channels.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { SLACK_FAILURE } from "./errors.ts";
import { cardMessage } from "./messages.ts";
import type { Pictures } from "./pictures.ts";
import type { SharedFiles } from "./shared-files.ts";
import { sharesOf } from "./shares.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

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
  SLACK_FAILURE.uneditable,
  SLACK_FAILURE.fileGone,
  SLACK_FAILURE.noAccess,
]);

/** Pauses before each look for a share that Slack was asked for, and may be about to make (ms). */
const LOOK_AFTER_MS = [0, 1_000, 3_000];

/**
 * Takes message, file and pictures away and leaves the tombstone. None of it waits for the success of another: what
 * Slack refuses for good is left where it is, what may succeed later is what makes the whole be tried again.
 */
export function createRetraction(dependencies: Dependencies): ChatAdapter["retract"] {
  const { workspaces, channels, sharedFiles, pictures, logger } = dependencies;

  return async function retract({ destination, result, checkpoint, card }) {
    const workspace = await workspaces.of(destination.workspace);
    const { channel, message: cardTs } = destination;
    const at = checkpoint === undefined ? undefined : readCheckpoint(checkpoint);
    const attempts = createAttempts(logger);
    // Before anything goes, so that its end is not heard as somebody's doing.
    if (at?.fileId !== undefined) await sharedFiles.forget(workspace.id, at.fileId);

    const standing = new Set([result?.message ?? (at?.step === "shared" ? at.ts : undefined)]);
    let known = await attempts.make(async () => {
      if (at?.step === "sharing") for (const ts of await look(workspace, destination, at)) standing.add(ts);
    });
    for (const ts of standing) {
      if (ts === undefined || ts === cardTs) continue;
      const deleted = await attempts.make(() =>
        channels.asMember(destination, ({ call }) => call(({ chat }) => chat.delete({ channel, ts }))),
      );
      known &&= deleted || at?.step !== "sharing";
    }
    const file = at?.fileId;
    // A file that is gone does not tell any more where it was shared.
    if (file !== undefined && known) {
      await attempts.make(() => workspace.call(({ files }) => files.delete({ file })));
    }
    await attempts.make(() => pictures.erase(workspace, card.jobId));
    if (cardTs !== undefined) {
      const tombstone = { channel, ts: cardTs, ...cardMessage(card) };
      await attempts.make(() =>
        channels.asMember(destination, ({ call }) => call(({ chat }) => chat.update(tombstone))),
      );
    }
    attempts.end();
  };
}

/** The messages with a file whose delivery broke off while Slack was asked to show it; other people's stay, as Slack keeps them. */
async function look(
  { call }: Workspace,
  { channel }: Destination,
  { fileId }: Checkpoint & { step: "sharing" },
): Promise<string[]> {
  for (const waitMs of LOOK_AFTER_MS) {
    await sleep(waitMs);
    const { file } = await call(({ files }) => files.info({ file: fileId }));
    const found = sharesOf(file, channel);
    if (found.length > 0) return found;
  }
  return [];
}

/** Things to do that do not depend on each other. */
function createAttempts(logger: Logger) {
  const failures: unknown[] = [];
  return {
    /** @returns false when it may succeed later. */
    async make(effect: () => Promise<unknown>): Promise<boolean> {
      try {
        await effect();
        return true;
      } catch (err) {
        if (!(err instanceof ServiceError) || err.retryable) {
          failures.push(err);
          return false;
        }
        if (OUT_OF_REACH.has(err.code)) logger.debug({ err }, "what should be taken away is gone");
        else logger.warn({ err }, "Slack does not let something be taken away");
        return true;
      }
    },
    /** @throws what may succeed later. */
    end(): void {
      if (failures.length > 0) throw failures[0];
    },
  };
}
