import type { ModalView } from "@slack/types";
import type { Logger } from "pino";
import type { Reply } from "../chat/adapter.ts";
import type { Notice } from "../chat/card.ts";
import { ServiceError } from "../errors.ts";
import type { Catalog } from "../videos/catalog.ts";
import type { Answerable } from "./answerable.ts";
import type { Channels } from "./channels.ts";
import { formView } from "./commands.ts";
import { cardMessage, noticeMessage } from "./messages.ts";
import { noticeView } from "./pages.ts";
import { sendPersonally } from "./personal-files.ts";
import type { Screen } from "./screen.ts";

interface Dependencies {
  channels: Channels;
  catalog: Catalog;
  screen: Screen;
  logger: Logger;
}

/** Answers a request by its acknowledgement where there is still time, and by its own way afterwards. */
export function createReply(request: Answerable, dependencies: Dependencies): Reply {
  const { channels, catalog, screen, logger } = dependencies;
  const { workspace, destination, userId, surface } = request;
  const { channel, thread } = destination;
  const inThread = thread !== undefined && { thread_ts: thread };

  /** The ways to reach one person, best first: the last but one needs membership, the last leaves the conversation. */
  function ways(notice: Notice): (() => Promise<unknown>)[] {
    const { respond } = request;
    const message = noticeMessage(notice);
    const here = { ...message, ...inThread };
    return [
      ...(surface.kind === "modal" ? [() => push(surface.triggerId, noticeView(notice.lines))] : []),
      ...(respond ? [() => respond({ ...here, response_type: "ephemeral", replace_original: false })] : []),
      () => workspace.call(({ chat }) => chat.postEphemeral({ channel, user: userId, ...here })),
      () => workspace.call(({ chat }) => chat.postMessage({ channel: userId, ...message })),
    ];
  }

  const push = (trigger_id: string, view: ModalView) =>
    workspace.call(({ views }) => views.push({ trigger_id, view }));

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

  async function openForm(view: ModalView): Promise<void> {
    if (surface.kind === "words") {
      const words =
        "A form only opens when you type /video in the channel or press a button: Slack lets me open none as the answer to a message.";
      return tell({ tone: "info", lines: [[words]] });
    }
    if (surface.kind === "form" && (await surface.replace(view))) return;
    const { triggerId: trigger_id } = surface;
    if (surface.kind === "modal") await push(trigger_id, view);
    else await workspace.call(({ views }) => views.open({ trigger_id, view }));
    await request.acknowledge();
  }

  return {
    async private(notice) {
      const { file } = notice;
      const left = file ? await sendPersonally(request, { ...notice, file }) : notice;
      if (left) await tell(left);
    },
    page: (page) => screen.show(request, page),
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
    form: (form) => openForm(formView(form, { channel, ...(thread !== undefined && { thread }) }, catalog)),
  };
}
