import { extname } from "node:path";
import type { JsonObject } from "./json.ts";
import type { Share, SlackContext, SlackFile, Team } from "./state.ts";

/** Slack stores files of up to 1 GB. */
export const maxFileBytes = 1024 ** 3;

const mimetypes: Record<string, string> = {
  ".mp4": "video/mp4",
  ".mov": "video/quicktime",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".txt": "text/plain",
  ".pdf": "application/pdf",
};

interface NewFile {
  team: string;
  user: string;
  name: string;
  size: number;
  alt_txt?: string | undefined;
  bytes?: Buffer;
}

/** Adds a file that is announced, or complete where its bytes are given. */
export function addFile(
  context: SlackContext,
  { team, user, name, size, alt_txt, bytes }: NewFile,
): SlackFile {
  const file: SlackFile = {
    id: `F${String(context.nextNumber()).padStart(8, "0")}`,
    team,
    user,
    name,
    title: name,
    mimetype: mimetypes[extname(name).toLowerCase()] ?? "application/octet-stream",
    size,
    alt_txt,
    created: Math.floor(context.clock.now() / 1000),
    bytes,
    status: bytes ? "complete" : "announced",
    shares: [],
    processed: bytes !== undefined,
  };
  context.state.files.set(file.id, file);
  context.changed();
  return file;
}

function privateUrl({ team, id, name }: SlackFile, origin: string, folder = ""): string {
  return `${origin}/files-pri/${team}-${id}/${folder}${encodeURIComponent(name)}`;
}

/** Whether a workspace's bot sees a file: one of its own, or one that stands in a channel that it is in. */
export function isVisible({ state }: SlackContext, file: SlackFile, team: Team): boolean {
  if (file.team === team.id) return true;
  const channels = file.shares.map(({ channel }) => state.channels.get(channel));
  return channels.some((channel) => channel?.team === team.id && channel.members.has(team.botUserId));
}

/** A file as messages and forms show it: of another organisation's, no more than that it has to be asked for. */
export function shownFileJson(file: SlackFile, context: SlackContext, team: string): JsonObject {
  if (file.team === team || file.status === "deleted") return fileJson(file, context);
  const { id, created } = file;
  return { id, created, timestamp: created, mode: "file_access", file_access: "check_file_info" };
}

/** A file object; a deleted file is a tombstone. */
export function fileJson(file: SlackFile, { state, origin }: SlackContext): JsonObject {
  if (file.status === "deleted") return { id: file.id, mode: "tombstone" };
  const kindOf = (channel: string) => state.channels.get(channel)?.kind ?? "private";
  const sharedIn = (kind: string) =>
    file.shares.filter(({ channel }) => kindOf(channel) === kind).map(({ channel }) => channel);
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.processed ? file.mimetype : "",
    filetype: file.processed ? extname(file.name).slice(1) : "",
    user: file.user,
    user_team: file.team,
    size: file.size,
    mode: "hosted",
    is_external: false,
    is_public: sharedIn("public").length > 0,
    public_url_shared: false,
    file_access: "visible",
    url_private: privateUrl(file, origin()),
    url_private_download: privateUrl(file, origin(), "download/"),
    permalink: `https://${state.teams.get(file.team)?.domain}.slack.com/files/${file.user}/${file.id}/${file.name}`,
    ...(file.alt_txt ? { alt_txt: file.alt_txt } : {}),
    channels: sharedIn("public"),
    groups: sharedIn("private"),
    ims: sharedIn("im"),
    shares: sharesJson(file, kindOf),
    has_more_shares: false,
  };
}

/** `{ public: { C1: [{ ts }] }, private: { … } }`; a direct message counts as private. */
function sharesJson(file: SlackFile, kindOf: (channel: string) => string): JsonObject {
  const groups = Object.groupBy(file.shares, ({ channel }) =>
    kindOf(channel) === "public" ? "public" : "private",
  );
  const places = ({ ts, thread_ts }: Share) => ({
    ts,
    ...(thread_ts ? { thread_ts } : {}),
    team_id: file.team,
    share_user_id: file.user,
  });
  return mapValues(groups, (shares) =>
    mapValues(
      Object.groupBy(shares, ({ channel }) => channel),
      (ones) => ones.map(places),
    ),
  );
}

function mapValues<T>(object: Partial<Record<string, T>>, map: (value: T) => unknown): JsonObject {
  const entries = Object.entries(object).map(([key, value]) => [key, value && map(value)]);
  return Object.fromEntries(entries);
}
