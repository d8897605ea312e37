import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ChatAdapter, Destination } from "../chat/adapter.ts";
import type { Card } from "../chat/card.ts";
import type { MediaFile } from "../chat/media-file.ts";
import { plainText } from "../chat/rich-text.ts";

/** A line-based screen, such as `process.stdout`. */
export interface Screen {
  isTTY?: boolean;
  write(text: string): unknown;
}

const BAR_WIDTH = 30;
const CHANNEL: Destination = { platform: "terminal", workspace: "local", channel: "terminal" };

/** The terminal as a chat platform: cards are lines, the newest progress replaces the one before, videos are files. */
export function createTerminalAdapter(options: {
  screen: Screen;
  /** Where finished files go. */
  directory: string;
  /** Called with the job's id when its video is on the disk, or with nothing when its card says why there is none. */
  onFinished: (jobId: string | undefined) => void;
}): ChatAdapter {
  const { screen, directory, onFinished } = options;

  function show(card: Card): void {
    const line = card.progress ? progressLine(card.title, card.progress) : `${card.title}`;
    screen.write(screen.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
    if (card.kind !== "final") return;
    screen.write(screen.isTTY ? "\n" : "");
    if (card.tone !== "bad") return;
    for (const text of card.lines) screen.write(`  ${plainText(text)}\n`);
    onFinished(undefined);
  }

  async function save(file: MediaFile): Promise<void> {
    await mkdir(directory, { recursive: true });
    const path = join(directory, file.filename);
    await pipeline(file.open(), createWriteStream(path));
    screen.write(`  ${path} (${file.bytes.toLocaleString("en")} bytes)\n`);
  }

  return {
    platform: "terminal",
    async start() {},
    async stop() {},
    connected: () => true,
    draws: () => [],
    async checkAccess() {},
    async postCard(_destination, card) {
      screen.write(`“${card.prompt}”\n`);
      for (const line of card.lines) screen.write(`  ${plainText(line)}\n`);
      show(card);
      return { ...CHANNEL, message: card.jobId };
    },
    findCard: async () => undefined,
    async editCard(_destination, card) {
      // Nothing can be changed above the last line, so a finished card stays as it was printed.
      if (card.kind !== "final" || card.tone === "bad") show(card);
    },
    async deliver({ destination, card, video, thumbnail }) {
      show(card);
      await save(video);
      if (thumbnail) await save(thumbnail);
      onFinished(card.jobId);
      return destination;
    },
    /** The file is on the person's own disk, and stays. */
    async retract({ card }) {
      screen.write(`${card.title}\n`);
      for (const line of card.lines) screen.write(`  ${plainText(line)}\n`);
    },
    canRead: async (_person, { platform }) => platform === CHANNEL.platform,
    link: () => undefined,
  };
}

function progressLine(
  title: string,
  { percent, label }: { percent: number | undefined; label: string },
): string {
  const filled = Math.round(((percent ?? 0) / 100) * BAR_WIDTH);
  const bar = `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`;
  const number = percent === undefined ? "" : `${String(percent).padStart(3)} % `;
  return `${title.padEnd(10)} ${bar} ${number}· ${label}`;
}
