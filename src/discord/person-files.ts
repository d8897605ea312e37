import { Readable } from "node:stream";
import type { Attachment } from "discord.js";
import type { ImageAttachment } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";

/** What Discord tells of a file that somebody handed over. */
export type PersonFile = Pick<Attachment, "name" | "contentType" | "size" | "url">;

/** Where Discord keeps people's files (its documentation, "CDN Endpoints"). */
const DISCORD_ORIGINS = ["https://cdn.discordapp.com", "https://media.discordapp.net"];

/** Opens people's files: from Discord's own hosts alone, or where the API lies elsewhere, from there alone. */
export function createFileOpener({ apiUrl }: { apiUrl: string | undefined }) {
  const origins = apiUrl === undefined ? DISCORD_ORIGINS : [new URL(apiUrl).origin];

  return function imageOf({ name, contentType, size, url }: PersonFile): ImageAttachment {
    return {
      filename: name,
      contentType: contentType ?? "",
      bytes: size,
      async open(signal) {
        if (!origins.includes(originOf(url)))
          throw problem("foreign_host", "The file lies on a foreign host.", false);
        // A redirect could lead anywhere, also into the network that the bot runs in.
        const response = await fetch(url, { redirect: "error", signal }).catch(() => {
          throw problem("unavailable", "The file could not be fetched from Discord.", true);
        });
        if (response.ok && response.body) return Readable.fromWeb(response.body);
        await response.body?.cancel();
        throw problem("unavailable", `The file's host answered ${response.status}.`, response.status >= 500);
      },
    };
  };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "";
}

function problem(code: string, message: string, retryable: boolean): ServiceError {
  return new ServiceError("discord", code, message, { retryable });
}
