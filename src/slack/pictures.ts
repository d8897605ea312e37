import type { Logger } from "pino";
import type { MediaFile } from "../chat/media-file.ts";
import { ServiceError } from "../errors.ts";
import { sleep } from "../sleep.ts";
import type { Store } from "../store/store.ts";
import { SLACK_FAILURE } from "./errors.ts";
import { type Upload, upload } from "./upload.ts";
import type { Workspace } from "./workspaces.ts";

/** Slack's ids of pictures, by their keys in the media store. */
export type PictureIds = ReadonlyMap<string, string>;

/** The pictures that pages show: Slack shows files of its own alone, and each is handed to it once. */
export interface Pictures {
  /** Those that Slack can show at once. */
  known(workspace: Workspace, files: readonly MediaFile[]): Promise<PictureIds>;
  /** Hands the others to Slack and waits until they can be shown; what cannot be had is left out. */
  fetch(workspace: Workspace, files: readonly MediaFile[]): Promise<PictureIds>;
  /** Slack does not show them any more: they are deleted there, and the next page hands them over anew. */
  drop(workspace: Workspace, files: readonly MediaFile[]): Promise<void>;
  /** Deletes what Slack was given out of a folder of the media store. @throws ServiceError when some of it is left. */
  erase(workspace: Workspace, folder: string): Promise<void>;
  /** Forgets what Slack was given out of a folder, without a word to Slack. */
  abandon(team: string, folder: string): Promise<void>;
}

/** What Slack holds of one folder of the media store, by key. */
interface Held {
  files: Record<string, { id: string; ready: boolean }>;
}

/** Slack needs a second or so until it knows a file to be a picture (ms). */
const LOOK_AFTER_MS = [200, 400, 800, 1_600, 3_200];
/** docs.slack.dev/reference/block-kit/composition-objects/slack-file-object */
const SHOWN_TYPES = new Set(["image/png", "image/jpeg", "image/gif"]);

/** What Slack shows of a file: the same, or of another kind of picture a PNG. */
export function showable(file: MediaFile): Upload {
  if (!file.contentType.startsWith("image/") || SHOWN_TYPES.has(file.contentType)) return file;
  return {
    filename: `${file.filename.replace(/\.\w+$/, "")}.png`,
    async blob(until) {
      const bytes = new Uint8Array(await (await file.blob(until)).arrayBuffer());
      // Loaded with the first picture, for the memory that its library takes.
      const { toPng } = await import("../media/pictures.ts");
      return new Blob([Uint8Array.from(await toPng(bytes))], { type: "image/png" });
    },
  };
}

/** Remembers in the store what Slack was given. */
export function createPictures(options: {
  store: Store;
  logger: Logger;
  /** Pauses before each look whether a picture can be shown (ms). */
  lookAfterMs?: readonly number[];
}): Pictures {
  const { store, logger, lookAfterMs = LOOK_AFTER_MS } = options;
  const held = store.collection<Held>({ name: "slack-picture", version: 1 });
  const underWay = new Map<string, Promise<string | undefined>>();
  const documentOf = ({ id }: Pick<Workspace, "id">, folder: string) => `${id}:${folder}`;

  const note = (workspace: Workspace, key: string, file: Held["files"][string] | undefined) =>
    held.update(documentOf(workspace, folderOf(key)), (current) => {
      const { [key]: _, ...others } = current?.files ?? {};
      if (file) return { files: { ...others, [key]: file } };
      return Object.keys(others).length === 0 ? undefined : { files: others };
    });

  const heldId = async (workspace: Workspace, { key }: MediaFile) =>
    (await held.get(documentOf(workspace, folderOf(key))))?.files[key]?.id;

  async function given(workspace: Workspace, file: MediaFile): Promise<string> {
    const id = await upload(workspace, showable(file));
    // First: a file that nobody remembers could never be deleted.
    await note(workspace, file.key, { id, ready: false });
    // Without a channel: nobody sees the file, save in what the bot shows.
    await workspace.call(({ files }) => files.completeUploadExternal({ files: [{ id }] }));
    return id;
  }

  async function remove(workspace: Workspace, key: string, id: string): Promise<void> {
    await workspace.call(({ files }) => files.delete({ file: id })).catch(unlessGone);
    await note(workspace, key, undefined);
  }

  /** Until then Slack names no type (reported: slackapi/node-slack-sdk#1865). */
  async function isProcessed({ call }: Workspace, id: string): Promise<boolean> {
    for (const waitMs of lookAfterMs) {
      await sleep(waitMs);
      const { file } = await call(({ files }) => files.info({ file: id }));
      if (file?.mimetype) return true;
    }
    return false;
  }

  async function fetchOne(workspace: Workspace, file: MediaFile): Promise<string | undefined> {
    try {
      const id = (await heldId(workspace, file)) ?? (await given(workspace, file));
      if (!(await isProcessed(workspace, id))) return undefined;
      await note(workspace, file.key, { id, ready: true });
      return id;
    } catch (err) {
      logger.warn({ err, key: file.key }, "a page goes without a picture");
      if (err instanceof ServiceError && err.code === SLACK_FAILURE.fileGone) {
        await note(workspace, file.key, undefined);
      }
      return undefined;
    }
  }

  /** Two pages that need the same picture hand it over once. */
  function fetchOnce(workspace: Workspace, file: MediaFile): Promise<string | undefined> {
    const name = `${workspace.id}:${file.key}`;
    const fetching = underWay.get(name) ?? fetchOne(workspace, file).finally(() => underWay.delete(name));
    underWay.set(name, fetching);
    return fetching;
  }

  return {
    async known(workspace, files) {
      const documents = await held.getMany(files.map(({ key }) => documentOf(workspace, folderOf(key))));
      return new Map(
        files.flatMap(({ key }, at) => {
          const file = documents[at]?.files[key];
          return file?.ready ? [[key, file.id] as const] : [];
        }),
      );
    },
    async fetch(workspace, files) {
      const found = await Promise.all(
        files.map(async (file) => [file.key, await fetchOnce(workspace, file)] as const),
      );
      return new Map(found.flatMap(([key, id]) => (id === undefined ? [] : [[key, id] as const])));
    },
    async drop(workspace, files) {
      for (const file of files) {
        try {
          const id = await heldId(workspace, file);
          if (id !== undefined) await remove(workspace, file.key, id);
        } catch (err) {
          logger.warn({ err, key: file.key }, "a picture that Slack does not show could not be deleted");
        }
      }
    },
    async erase(workspace, folder) {
      const document = await held.get(documentOf(workspace, folder));
      const files = Object.entries(document?.files ?? {});
      const failures: ServiceError[] = [];
      for (const [key, { id }] of files) {
        await remove(workspace, key, id).catch((error: unknown) => {
          if (!(error instanceof ServiceError)) throw error;
          failures.push(error);
        });
      }
      const failure = failures.find(({ retryable }) => retryable) ?? failures[0];
      if (failure) throw failure;
    },
    abandon: (team, folder) => held.delete(documentOf({ id: team }, folder)),
  };
}

function folderOf(key: string): string {
  return key.split("/")[0] ?? key;
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ServiceError) || error.code !== SLACK_FAILURE.fileGone) throw error;
}
