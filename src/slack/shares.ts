import type { FilesInfoResponse } from "@slack/web-api";

/** The messages in a channel that show a file, the bot's first: people may have shared it there again. */
export function sharesOf(file: FilesInfoResponse["file"], channel: string): string[] {
  const { public: open, private: closed } = file?.shares ?? {};
  const shares = { ...open, ...closed }[channel] ?? [];
  return shares.flatMap(({ ts }) => (ts === undefined ? [] : [ts])).toSorted();
}
