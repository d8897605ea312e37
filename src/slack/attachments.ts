import { Readable } from "node:stream";
import type { ImageAttachment } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";

/** A file object, as far as it is read. */
export interface SlackFile {
  name: string;
  mimetype: string;
  size: number;
  url_private: string;
}

/**
 * A file that a person gave a form. It is fetched with the bot's token, so from Slack's hosts alone, or from the origin
 * of `apiUrl` where that is set; a redirect leads to a sign-in page and is not followed.
 */
export function imageAttachment(
  { name, mimetype, size, url_private }: SlackFile,
  { token, apiUrl }: { token: string; apiUrl: string | undefined },
): ImageAttachment {
  return {
    filename: name,
    contentType: mimetype,
    bytes: size,
    async open(signal) {
      const url = URL.parse(url_private);
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
    },
  };
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
