import { readMessageBlocks } from "./blocks.ts";
import { messageAt, postingChannel } from "./channel-access.ts";
import { addFile, fileJson, isVisible, maxFileBytes } from "./files.ts";
import { deleteFile } from "./happenings.ts";
import { type JsonObject, objectsIn } from "./json.ts";
import { postMessage } from "./messages.ts";
import { refuse, refuseWith } from "./refusal.ts";
import type { Channel, SlackContext, SlackFile, Team } from "./state.ts";
import type { Call, Methods } from "./web-api.ts";

/** How sharing behaves; tests set it. */
export interface Sharing {
  /** Time on the server's clock between completion and the message with the file. */
  delayMs: number;
  /** That many shares are lost although Slack said `ok`, as is reported (slackapi/python-slack-sdk#1575). */
  dropNext: number;
  /** Time on the server's clock between completion and the moment when Slack knows a file's type. */
  processMs: number;
}

interface FileOptions {
  context: SlackContext;
  sharing: Sharing;
}

/** `files.*`. */
export function createFileMethods({ context, sharing }: FileOptions): Methods {
  return {
    "files.getUploadURLExternal": {
      scopes: ["files:write"],
      tier: "tier4",
      args: ["filename", "length", "alt_txt", "snippet_type"],
      run: (call) => announce(context, call),
    },
    "files.completeUploadExternal": {
      scopes: ["files:write"],
      tier: "tier4",
      args: ["files", "channel_id", "thread_ts", "initial_comment", "blocks"],
      run: (call) => complete({ context, sharing }, call),
    },
    "files.info": {
      scopes: ["files:read"],
      tier: "tier4",
      args: ["file", "limit", "cursor"],
      run: ({ args, team }) => ({
        file: fileJson(existingFile(context, team, args.required("file")), context),
      }),
    },
    "files.delete": {
      scopes: ["files:write"],
      tier: "tier3",
      args: ["file"],
      run: ({ args, team }) => {
        const file = existingFile(context, team, args.required("file"));
        if (file.user !== team.botUserId) throw refuse("cant_delete_file");
        deleteFile(context, file);
        return {};
      },
    },
  };
}

function existingFile(context: SlackContext, team: Team, id: string): SlackFile {
  const file = context.state.files.get(id);
  if (file?.status === "deleted") throw refuse("file_deleted");
  if (!file || file.status === "announced" || !isVisible(context, file, team)) throw refuse("file_not_found");
  return file;
}

function announce(context: SlackContext, { args, team }: Call): JsonObject {
  const name = args.required("filename");
  const size = args.number("length") ?? 0;
  if (size <= 0) throw refuse("missing_argument");
  if (size > maxFileBytes) throw refuse("file_upload_size_restricted");
  const alt_txt = args.text("alt_txt");
  if (alt_txt !== undefined && alt_txt.length > 1000) throw refuse("alt_txt_too_large");
  const file = addFile(context, { team: team.id, user: team.botUserId, name, size, alt_txt });
  return { upload_url: `${context.origin()}/upload/v1/${file.id}`, file_id: file.id };
}

/** Every file once. It answers before the file is shared, so without a timestamp. */
function complete({ context, sharing }: FileOptions, { args, team }: Call): JsonObject {
  const entries = objectsIn(args.json("files"));
  if (entries.length === 0) throw refuseWith("invalid_arguments", ["missing required field: files"]);
  const files = entries.map(({ id }) => {
    const file = context.state.files.get(String(id));
    if (file?.team !== team.id || file.status !== "uploaded") throw refuse("file_not_found");
    return file;
  });
  const channelId = args.text("channel_id");
  const channel = channelId?.startsWith("U")
    ? undefined
    : channelId && postingChannel(context, team, channelId);
  if (channelId && !channel) throw refuse("channel_not_found");
  const thread_ts = args.text("thread_ts");
  if (channel && thread_ts) messageAt(channel, thread_ts, "thread_not_found");
  const content = contentOf(context, args);

  entries.forEach(({ title }, at) => {
    const file = files[at];
    if (!file) return;
    file.status = "complete";
    if (typeof title === "string") file.title = title;
    processLater({ context, sharing }, file);
  });
  const answer = files.map((file) => ({ ...fileJson(file, context), mimetype: "", filetype: "" }));
  if (channel) shareLater({ context, sharing }, { channel, thread_ts, files, team, ...content });
  context.changed();
  return { files: answer };
}

/** A comment makes Slack ignore the blocks; a markdown block makes it fail (slackapi/python-slack-sdk#1756). */
function contentOf(context: SlackContext, args: Call["args"]) {
  const text = args.text("initial_comment") ?? "";
  const blocks = readMessageBlocks(args, context.state.files) ?? [];
  if (blocks.some(({ type }) => type === "markdown")) throw refuse("internal_error");
  if (text === "" || blocks.length === 0) return { text, blocks };
  const warning = "blocks were ignored because there is an initial_comment";
  context.state.warnings.push({ method: "files.completeUploadExternal", warning });
  return { text, blocks: [] };
}

function processLater({ context, sharing }: FileOptions, file: SlackFile) {
  const process = () => {
    file.processed = true;
    context.changed();
  };
  if (sharing.processMs === 0) process();
  else context.clock.after(sharing.processMs, process);
}

interface PendingShare {
  channel: Channel;
  thread_ts: string | undefined;
  files: SlackFile[];
  team: Team;
  text: string;
  blocks: JsonObject[];
}

function shareLater({ context, sharing }: FileOptions, { team, ...share }: PendingShare) {
  if (isLost(context, sharing, share.files)) return;
  context.clock.after(sharing.delayMs, () => {
    const message = postMessage(context, { ...share, user: team.botUserId, bot_id: team.botId });
    const { channel, ts, thread_ts } = message;
    for (const file of share.files) file.shares.push({ channel, ts, thread_ts });
    context.changed();
  });
}

/** Files other than pictures are not shared when they have an alt text (slackapi/python-slack-sdk#1818). */
function isLost({ state }: SlackContext, sharing: Sharing, files: readonly SlackFile[]): boolean {
  if (files.some(({ alt_txt, mimetype }) => alt_txt && !mimetype.startsWith("image/"))) {
    const warning = "a file with alt_txt was not shared";
    state.warnings.push({ method: "files.completeUploadExternal", warning });
    return true;
  }
  if (sharing.dropNext <= 0) return false;
  sharing.dropNext -= 1;
  return true;
}
