import type { FilesInfoResponse } from "@slack/web-api";

/** The messages in a channel in which the bot shows a file; people may have shared it there as well. */
export function sharesOf(
  file: FilesInfoResponse["file"],
  { channel, botUserId }: { channel: string; botUserId: string },
): string[] {
  const { public: open, private: closed } = file?.shares ?? {};
  const shares = { ...open, ...closed }[channel] ?? [];
  return shares.flatMap(({ ts, share_user_id: author = botUserId }) =>
    ts !== undefined && author === botUserId ? [ts] : [],
  );
}
