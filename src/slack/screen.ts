import type { ModalView } from "@slack/types";
import type { Logger } from "pino";
import type { MediaFile } from "../chat/media-file.ts";
import type { Page } from "../chat/page.ts";
import { ServiceError } from "../errors.ts";
import type { Answerable } from "./answerable.ts";
import { refusedBlocks, SLACK_FAILURE } from "./errors.ts";
import { pageMessage, pageView, pictureOf, picturesOf } from "./pages.ts";
import type { PictureIds, Pictures } from "./pictures.ts";
import type { Place } from "./places.ts";

/** Shows pages to one person. */
export interface Screen {
  show(request: Answerable, page: Page): Promise<void>;
}

/** A view that is open, in the state that its hash names. */
interface OpenView {
  id: string;
  hash: string | undefined;
}

/** Slack's words for a trigger that is older than three seconds, or was used. */
const SPENT_TRIGGER = new Set(["expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"]);

const NO_PICTURES: PictureIds = new Map();

/**
 * A page comes at once, as a trigger lives three seconds, with the pictures that Slack holds; the others follow when
 * Slack has them, unless the person has gone on to another page. A message to one person cannot be changed, so it waits
 * for its pictures; it is for where there is no trigger, or none any more. What Slack does not show is left out: a page without pictures is better than none.
 */
export function createScreen({ pictures, logger }: { pictures: Pictures; logger: Logger }): Screen {
  /** Tries with the pictures, then without those that Slack refuses; resolves to what was shown in the end. */
  async function show<T, D extends { blocks: readonly unknown[] }>(
    request: Answerable,
    { files, ids }: { files: readonly MediaFile[]; ids: PictureIds },
    { draw, put }: { draw: (ids: PictureIds) => D; put: (drawn: D) => Promise<T> },
  ): Promise<{ answer: T; ids: PictureIds }> {
    let shown = ids;
    for (;;) {
      const drawn = draw(shown);
      try {
        const answer = await put(drawn);
        const refused = files.filter(({ key }) => ids.has(key) && !shown.has(key));
        await pictures.drop(request.workspace, refused);
        return { answer, ids: shown };
      } catch (error) {
        const isRefused = error instanceof ServiceError && error.code === SLACK_FAILURE.badPicture;
        if (shown.size === 0 || !isRefused) throw error;
        logger.warn({ err: error }, "Slack does not show a page's pictures");
        shown = withoutRefused(shown, drawn.blocks, error);
      }
    }
  }

  async function addPictures(
    request: Answerable,
    page: Page,
    known: PictureIds,
    view: OpenView,
  ): Promise<void> {
    const missing = picturesOf(page).filter(({ key }) => !known.has(key));
    if (missing.length === 0) return;
    const more = await pictures.fetch(request.workspace, missing);
    if (more.size === 0) return;
    try {
      const definition = pageView(page, placeOf(request), new Map([...known, ...more]));
      await update(request, view, definition);
    } catch (err) {
      // As a rule the person closed it, or is on another page: its hash is another one.
      logger.debug({ err }, "pictures came too late for their page");
    }
  }

  async function showModal(request: Answerable, page: Page): Promise<void> {
    const { surface, workspace } = request;
    const files = picturesOf(page);
    const known = { files, ids: await pictures.known(workspace, files) };
    const draw = (ids: PictureIds) => pageView(page, placeOf(request), ids);
    if (surface.kind === "form" && (await surface.replace(draw(NO_PICTURES)))) {
      if (files.length === 0) return;
      // An acknowledgement is not answered: neither with a hash, nor with what is wrong with a picture.
      const form = { id: surface.viewId, hash: undefined };
      const put = (view: ModalView) => update(request, form, view);
      const { answer: view, ids } = await show(request, known, { draw, put });
      return addPictures(request, page, ids, view);
    }
    const put = (view: ModalView) => putView(request, view);
    const { answer: view, ids } = await show(request, known, { draw, put });
    await request.acknowledge();
    if (view) await addPictures(request, page, ids, view);
  }

  async function showMessage(request: Answerable, page: Page): Promise<void> {
    const { surface, workspace, respond, destination, userId } = request;
    const { channel, thread } = destination;
    const inThread = thread !== undefined && { thread_ts: thread };
    const files = picturesOf(page);
    const known = await pictures.known(workspace, files);
    const missing = files.filter(({ key }) => !known.has(key));
    const ids = new Map([...known, ...(await pictures.fetch(workspace, missing))]);
    if (respond) {
      const answer = (shown: PictureIds) =>
        respond({
          response_type: "ephemeral",
          replace_original: surface.kind === "ephemeral",
          ...inThread,
          ...pageMessage(page, shown),
        });
      // An address that takes answers does not say why it took none.
      await answer(ids).catch(async (error: unknown) => {
        if (ids.size === 0) throw error;
        await answer(NO_PICTURES);
        await pictures.drop(workspace, files);
      });
      return;
    }
    await show(
      request,
      { files, ids },
      {
        draw: (shown) => pageMessage(page, shown),
        put: (message) =>
          workspace.call(({ chat }) =>
            chat.postEphemeral({ channel, user: userId, ...inThread, ...message }),
          ),
      },
    );
  }

  return {
    async show(request, page) {
      const { kind } = request.surface;
      if (kind === "words" || kind === "ephemeral") {
        await request.acknowledge();
        return showMessage(request, page);
      }
      try {
        await showModal(request, page);
      } catch (error) {
        if (!(error instanceof ServiceError) || !SPENT_TRIGGER.has(error.code)) throw error;
        logger.info({ err: error }, "a page came too late for a modal, so it is a message");
        await showMessage(request, page);
      }
    },
  };
}

/** Where Slack names the blocks whose pictures it refuses, the others stay. */
function withoutRefused(ids: PictureIds, blocks: readonly unknown[], error: ServiceError): PictureIds {
  const refused = refusedBlocks(error).map((at) => pictureOf(blocks[at]));
  const left = new Map([...ids].filter(([, id]) => !refused.includes(id)));
  return left.size < ids.size ? left : NO_PICTURES;
}

/** Opens a view, or puts it in the place of the page the request came from; undefined where that was closed. */
async function putView(request: Answerable, view: ModalView): Promise<OpenView | undefined> {
  const { surface } = request;
  if (surface.kind === "words") throw new Error("There is no trigger to open a view with.");
  if (surface.kind !== "modal") {
    const { triggerId: trigger_id } = surface;
    const opened = await request.workspace.call(({ views }) => views.open({ trigger_id, view }));
    return openView(opened.view);
  }
  try {
    // Whatever the page shows by now: the press that is answered last counts.
    return await update(request, { id: surface.viewId, hash: undefined }, view);
  } catch (error) {
    if (error instanceof ServiceError && error.code === SLACK_FAILURE.viewGone) return undefined;
    throw error;
  }
}

async function update({ workspace }: Answerable, { id, hash }: OpenView, view: ModalView): Promise<OpenView> {
  const answer = await workspace.call(({ views }) =>
    views.update({ view_id: id, ...(hash !== undefined && { hash }), view }),
  );
  return openView(answer.view) ?? { id, hash: undefined };
}

function openView(view: { id?: string; hash?: string } | undefined): OpenView | undefined {
  return view?.id === undefined ? undefined : { id: view.id, hash: view.hash };
}

function placeOf({ destination: { channel, thread } }: Answerable): Place {
  return { channel, ...(thread !== undefined && { thread }) };
}
