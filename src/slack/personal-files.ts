import type { Notice } from "../chat/card.ts";
import type { Line } from "../chat/rich-text.ts";
import type { Answerable } from "./answerable.ts";
import { noticeMessage } from "./messages.ts";
import { showable } from "./pictures.ts";
import { upload } from "./upload.ts";

/**
 * Sends a notice's file to the requester's direct messages with the bot, as a file for one person alone stands nowhere
 * else, and says in the notice where it is. @returns undefined where nothing is left to say. @throws ServiceError
 */
export async function sendPersonally(
  { workspace, destination, userId }: Answerable,
  { file, ...notice }: Notice & Required<Pick<Notice, "file">>,
): Promise<Notice | undefined> {
  const { channel } = await workspace.call(({ conversations }) => conversations.open({ users: userId }));
  const channelId = channel?.id;
  if (channelId === undefined) throw new Error("Slack opened no conversation.");
  const sent = showable(file);
  const id = await upload(workspace, sent);
  await workspace.call(({ files }) =>
    files.completeUploadExternal({
      files: [{ id, title: sent.filename }],
      channel_id: channelId,
      blocks: noticeMessage(notice).blocks,
    }),
  );
  if (channelId === destination.channel) return undefined;
  const where: Line = [
    "You find it in your ",
    { link: `${workspace.url}archives/${channelId}`, text: "direct messages with me" },
    ".",
  ];
  return { ...notice, lines: [...notice.lines, where] };
}
