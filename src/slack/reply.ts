import type { RespondFn } from "@slack/bolt";
import type { Logger } from "pino";
import type { Destination, Reply } from "../chat/adapter.ts";
import type { Notice } from "../chat/card.ts";
import { ServiceError } from "../errors.ts";
import type { Catalog } from "../videos/catalog.ts";
import type { Channels } from "./channels.ts";
import { formView } from "./commands.ts";
import { cardMessage, noticeMessage } from "./messages.ts";
import type { Workspace } from "./workspaces.ts";

/** One request, as far as answering it goes. */
export interface Answerable {
  workspace: Workspace;
  destination: Destination;
  userId: string;
  triggerId: string;
  /** Posts to the request's `response_url`; a submitted form has none. */
  respond?: RespondFn;
  /** Acknowledges without a word. @returns false when that had been done. */
  acknowledge(): Promise<boolean>;
  /** Acknowledges with a private answer. @returns false when it is too late for that, or the kind of request takes none. */
  acknowledgeWith(notice: Notice): Promise<boolean>;
}

interface Dependencies {
  channels: Channels;
  catalog: Catalog;
  logger: Logger;
}

/** Answers a request by its acknowledgement where there is still time, and by its own way afterwards. */
export function createReply(request: Answerable, { channels, catalog, logger }: Dependencies): Reply {
  const { workspace, destination, userId } = request;
  const { channel, thread } = destination;
  const inThread = thread !== undefined && { thread_ts: thread };

  /** The ways to reach one person, best first: the second needs membership, the third leaves the conversation. */
  function ways(notice: Notice): (() => Promise<unknown>)[] {
    const { respond } = request;
    const message = noticeMessage(notice);
    const here = { ...message, ...inThread };
    return [
      ...(respond ? [() => respond({ ...here, response_type: "ephemeral", replace_original: false })] : []),
      () => workspace.call(({ chat }) => chat.postEphemeral({ channel, user: userId, ...here })),
      () => workspace.call(({ chat }) => chat.postMessage({ channel: userId, ...message })),
    ];
  }

  async function tell(notice: Notice): Promise<void> {
    if (await request.acknowledgeWith(notice)) return;
    await request.acknowledge();
    const failures: unknown[] = [];
    for (const way of ways(notice)) {
      try {
        await way();
        return;
      } catch (err) {
        logger.debug({ err }, "a private answer did not get out, trying another way");
        failures.push(err);
      }
    }
    throw new AggregateError(failures, "A private answer did not get out.");
  }

  return {
    private: tell,
    async card(card) {
      try {
        const posted = await channels.post(destination, cardMessage(card));
        await request.acknowledge();
        return posted;
      } catch (error) {
        if (error instanceof ServiceError && !error.retryable) {
          const { message } = await channels.refusal(destination);
          await tell({ tone: "error", lines: [[message]] });
        }
        throw error;
      }
    },
    async form(form) {
      const view = formView(form, { channel, ...(thread !== undefined && { thread }) }, catalog);
      await workspace.call(({ views }) => views.open({ trigger_id: request.triggerId, view }));
      await request.acknowledge();
    },
  };
}
