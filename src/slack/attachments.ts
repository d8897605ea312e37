import { Readable } from "node:stream";
import { z } from "zod";
import type { ImageAttachment } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import { clamp } from "./rich-text.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

/** Of files from other organisations Slack leaves all but the id out; what is missing is found out when the file is fetched. */
export const fileSchema = z.object({
  id: z.string().default(""),
  file_access: z.string().default("visible"),
  name: z.string().default("file"),
  mimetype: z.string().default(""),
  size: z.number().default(0),
  url_private: z.string().default(""),
});

/** A file object, as far as it is read. */
export type SlackFile = z.infer<typeof fileSchema>;

/** Keeps a reference short: it travels in a form's 3,000 characters. */
const NAME_MAX = 200;

/** The file's id, and what else `ImageAttachment` says before the file is asked for. */
const referenceSchema = z.object({
  team: z.string(),
  id: z.string().min(1),
  name: z.string(),
  mimetype: z.string(),
  size: z.number(),
});

/** What a file claims to be of which Slack says nothing yet. */
const UNKNOWN_PICTURE = "image/*";
/** Slack's word for such a file: `files.info` knows it (docs.slack.dev/reference/objects/file-object). */
const TO_BE_ASKED_FOR = "check_file_info";

interface Access {
  workspace: Pick<Workspace, "id" | "token" | "call">;
  /** Base of the Web API; undefined: Slack's own. */
  apiUrl: string | undefined;
}

/** Those of a message's files that claim to be pictures, or may be such; nothing is loaded. */
export function picturesIn(files: readonly unknown[], access: Access): ImageAttachment[] {
  return files.flatMap((file) => {
    const { data } = fileSchema.safeParse(file);
    return data && mayBePicture(data) ? [imageAttachment(data, access)] : [];
  });
}

/** Whether one of a message's files claims to be a picture, or is kept back until it is asked for. */
export function mayBePicture(file: unknown): boolean {
  const { data } = fileSchema.safeParse(file);
  return data !== undefined && claimOf(data).startsWith("image/");
}

function claimOf({ mimetype, file_access }: SlackFile): string {
  return mimetype === "" && file_access === TO_BE_ASKED_FOR ? UNKNOWN_PICTURE : mimetype;
}

/**
 * A file that a person gave a form or a message. It is fetched with the bot's token, so from Slack's hosts alone, or
 * from the origin of `apiUrl` where that is set; a redirect leads to a sign-in page and is not followed.
 */
export function imageAttachment(file: SlackFile, { workspace, apiUrl }: Access): ImageAttachment {
  const { id, name, size, url_private: address } = file;
  const mimetype = claimOf(file);
  const reference = { team: workspace.id, id, name: clamp(name, NAME_MAX), mimetype, size };
  return {
    filename: name,
    contentType: mimetype,
    bytes: size,
    ...(id !== "" && { reference: JSON.stringify(reference satisfies z.infer<typeof referenceSchema>) }),
    async open(signal) {
      const known = address === "" && id !== "" ? await askForAddress(workspace, id) : address;
      return openFile(known, { token: workspace.token, apiUrl, signal });
    },
  };
}

/** The picture that a `reference` stands for; its address is asked for anew, as addresses may change. @throws ServiceError */
export function reopenAttachment(
  reference: string,
  { workspaces, apiUrl }: { workspaces: Workspaces; apiUrl: string | undefined },
): ImageAttachment {
  const { team, id, name, mimetype, size } = readReference(reference);
  return {
    filename: name,
    contentType: mimetype,
    bytes: size,
    reference,
    async open(signal) {
      const workspace = await workspaces.of(team);
      return openFile(await askForAddress(workspace, id), { token: workspace.token, apiUrl, signal });
    },
  };
}

async function askForAddress({ call }: Pick<Workspace, "call">, id: string): Promise<string> {
  const { file } = await call(({ files }) => files.info({ file: id }));
  return file?.url_private ?? "";
}

function readReference(reference: string): z.infer<typeof referenceSchema> {
  try {
    return referenceSchema.parse(JSON.parse(reference));
  } catch (cause) {
    throw refusal("bad_reference", "This is no reference of a picture.", { retryable: false, cause });
  }
}

async function openFile(
  address: string,
  { token, apiUrl, signal }: { token: string; apiUrl: string | undefined; signal: AbortSignal },
): Promise<Readable> {
  const url = URL.parse(address);
  if (!url || !isSlacks(url, apiUrl)) throw refusal("foreign_host", "The file is not on Slack's hosts.");
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    redirect: "manual",
    signal,
  }).catch((cause: unknown) => {
    throw refusal("unreachable", "The file did not arrive.", { retryable: true, cause });
  });
  if (response.ok && response.body) return Readable.fromWeb(response.body);
  await response.body?.cancel();
  const message = `Slack did not hand the file out (status ${response.status}); the app needs files:read.`;
  throw refusal("file_refused", message, { retryable: response.status >= 500 });
}

function isSlacks({ protocol, hostname, origin }: URL, apiUrl: string | undefined): boolean {
  if (protocol === "https:" && /^(?:[\w-]+\.)+slack\.com$/.test(hostname)) return true;
  return apiUrl !== undefined && origin === URL.parse(apiUrl)?.origin;
}

function refusal(
  code: string,
  message: string,
  details: { retryable: boolean; cause?: unknown } = { retryable: false },
) {
  return new ServiceError("slack", code, message, details);
}
