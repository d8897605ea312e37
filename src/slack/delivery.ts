import type { Logger } from "pino";
import type { ChatAdapter, Delivery, Destination } from "../chat/adapter.ts";
import { type Line, visibleText } from "../chat/rich-text.ts";
import { ServiceError } from "../errors.ts";
import { sleep } from "../sleep.ts";
import type { Channels } from "./channels.ts";
import {
  type Checkpoint,
  readCheckpoint,
  type Shared,
  type Unshared,
  writeCheckpoint,
} from "./checkpoint.ts";
import { SLACK_FAILURE } from "./errors.ts";
import { deliveredMessage, noticeMessage, videoBlocks } from "./messages.ts";
import { clamp } from "./rich-text.ts";
import type { SharedFiles } from "./shared-files.ts";
import { sharesOf } from "./shares.ts";
import { upload } from "./upload.ts";
import type { Workspaces } from "./workspaces.ts";

interface Dependencies {
  workspaces: Workspaces;
  channels: Channels;
  sharedFiles: SharedFiles;
  link: ChatAdapter["link"];
  logger: Logger;
  /** Pauses before each look for the share (ms). */
  lookAfterMs?: readonly number[];
}

/** Sharing takes about a second, more for long clips or a busy Slack; a share that takes longer than this is lost. */
const LOOK_AFTER_MS = [300, 700, 1_500, 3_000, 5_000, 10_000, 20_000];
/** How often the same video is uploaded before a delivery is given up. */
const UPLOADS_MAX = 3;
const TITLE_MAX = 250;

/**
 * Puts a video and its buttons into a channel as one message: upload, completion with blocks, then a look for the
 * message, as the completion answers before there is one. Each step is written down before the next is tried, and a
 * share that Slack lost is only repeated once its file is deleted, so nobody sees the video twice.
 */
export function createDelivery(dependencies: Dependencies): ChatAdapter["deliver"] {
  const { workspaces, channels, sharedFiles, link, logger, lookAfterMs = LOOK_AFTER_MS } = dependencies;

  async function uploaded(delivery: Delivery, uploads: number): Promise<Checkpoint> {
    if (uploads > UPLOADS_MAX) {
      throw new ServiceError("slack", "share_lost", "Slack took the video but never showed it.", {
        retryable: false,
      });
    }
    const workspace = await workspaces.of(delivery.destination.workspace);
    return { step: "uploaded", fileId: await upload(workspace, delivery.video), uploads };
  }

  async function complete(delivery: Delivery, fileId: string): Promise<void> {
    const { destination, card } = delivery;
    const { channel, thread } = destination;
    await channels.asMember(destination, ({ call }) =>
      call(({ files }) =>
        files.completeUploadExternal({
          // The alt text is the title: files with an `alt_txt` that are no pictures are not shared (reported:
          // slackapi/python-slack-sdk#1818).
          files: [{ id: fileId, title: clamp(visibleText(card.altText ?? card.title), TITLE_MAX) }],
          channel_id: channel,
          ...(thread !== undefined && { thread_ts: thread }),
          blocks: videoBlocks(card, delivery),
        }),
      ),
    );
  }

  /** Asks for the share; what Slack refuses for the moment is asked for again from the same upload. */
  async function share(delivery: Delivery, upload: Unshared): Promise<Checkpoint> {
    const sharing = await save(delivery, { ...upload, step: "sharing" });
    try {
      await complete(delivery, upload.fileId);
      return sharing;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.code === SLACK_FAILURE.fileGone) return uploaded(delivery, upload.uploads + 1);
      if (error.code === SLACK_FAILURE.rateLimited) await save(delivery, { ...upload, step: "uploaded" });
      throw error;
    }
  }

  async function look(delivery: Delivery, { fileId, uploads }: Unshared): Promise<Checkpoint> {
    const { workspace, channel } = delivery.destination;
    const { call } = await workspaces.of(workspace);
    for (const waitMs of lookAfterMs) {
      await sleep(waitMs);
      const info = await call(({ files }) => files.info({ file: fileId })).catch(unlessGone);
      const [ts] = sharesOf(info?.file, channel);
      if (ts === undefined) continue;
      await sharedFiles.note(fileId, { ...delivery.destination, message: ts });
      return save(delivery, { step: "shared", ts, fileId });
    }
    logger.warn({ fileId, uploads }, "Slack did not share a file, uploading it anew");
    await call(({ files }) => files.delete({ file: fileId })).catch(unlessGone);
    return uploaded(delivery, uploads + 1);
  }

  /** The card becomes a link; when it cannot be edited any more, the video is there all the same. */
  async function shrinkCard({ destination, card }: Delivery, result: Destination): Promise<void> {
    const { channel, message: ts } = destination;
    const address = link(result);
    const seeVideo: Line[] = address === undefined ? [] : [[{ link: address, text: "See the video" }]];
    const { call } = await workspaces.of(destination.workspace);
    if (ts === undefined) return;
    try {
      const message = deliveredMessage({ ...card, lines: [...card.lines, ...seeVideo] });
      await call(({ chat }) => chat.update({ channel, ts, ...message }));
    } catch (err) {
      if (!(err instanceof ServiceError) || err.retryable) throw err;
      logger.warn({ err, jobId: card.jobId }, "the card of a delivered video could not be edited");
    }
  }

  /** At most once: whether a message that was tried got out is not always known, and two would be worse than none. */
  async function tell(delivery: Delivery, at: Shared, result: Destination): Promise<void> {
    const { ping, requester, card, destination } = delivery;
    // In a direct message they were told by the video itself.
    if (ping !== "direct" || at.told || destination.channel.startsWith("D")) return;
    await save(delivery, { ...at, told: true });
    const address = link(result);
    const words = `Your video is there: ${card.prompt}`;
    const line: Line = address === undefined ? [words] : [{ link: address, text: words }];
    try {
      const { call } = await workspaces.of(destination.workspace);
      const message = noticeMessage({ tone: "info", lines: [line] });
      await call(({ chat }) => chat.postMessage({ channel: requester.id, ...message, unfurl_links: false }));
    } catch (err) {
      logger.warn({ err, jobId: card.jobId }, "whoever asked for a video could not be told");
    }
  }

  return async function deliver(delivery) {
    const { checkpoint, destination } = delivery;
    let at = checkpoint === undefined ? await uploaded(delivery, 1) : readCheckpoint(checkpoint);
    while (at.step !== "shared") {
      at = at.step === "uploaded" ? await share(delivery, at) : await look(delivery, at);
    }
    const result = { ...destination, message: at.ts };
    await tell(delivery, at, result);
    await shrinkCard(delivery, result);
    return result;
  };
}

async function save<C extends Checkpoint>(delivery: Delivery, at: C): Promise<C> {
  await delivery.save(writeCheckpoint(at));
  return at;
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof ServiceError) || error.code !== SLACK_FAILURE.fileGone) throw error;
}
