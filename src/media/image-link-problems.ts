import type { IncomingMessage } from "node:http";
import { ServiceError, UserError } from "../errors.ts";

const INSTEAD = "Attach the picture instead.";
const MIB = 1024 ** 2;

/** What is wrong with an address; `why` is part of the code `image_link_…`. */
export function refusal(why: keyof typeof WORDS): UserError {
  return new UserError(`image_link_${why}`, WORDS[why], "image");
}

const WORDS = {
  https:
    "Only links that begin with https:// are opened. Use such a link to a picture, or attach the picture.",
  credentials: `The link has a name or password in it, which nobody here should see. ${INSTEAD}`,
  port: `Links are opened on https's usual port alone. ${INSTEAD}`,
  private: `The link leads to a host that is not on the public internet. ${INSTEAD}`,
  redirects: "The link leads on and on. Use the address where the picture itself is.",
  page: "The link leads to a page, not to a picture. Open the picture by itself and copy its address.",
  slow: `The picture behind the link took too long to arrive. Try again, or attach it instead.`,
  missing: "There is nothing at the link. Check the address.",
  closed: `The picture behind the link is not open to everybody. ${INSTEAD}`,
} as const;

/** Why an answer is no picture to be read; undefined where it may be one. */
export function problemOfAnswer(
  response: IncomingMessage,
  host: string,
  maxBytes: number,
): UserError | undefined {
  const { statusCode: status = 0, headers } = response;
  if (status === 404 || status === 410) return refusal("missing");
  if (status === 401 || status === 403) return refusal("closed");
  if (status !== 200) return unreachable(host, `answered with HTTP status ${status}`);
  if (/^\s*text\/html\b/i.test(headers["content-type"] ?? "")) return refusal("page");
  return Number(headers["content-length"]) > maxBytes ? tooLarge(maxBytes) : undefined;
}

/** Turns what the network threw into what whoever gave the link can do about it; anything else stays as it is. */
export function explainLink(error: unknown, host: string, maxBytes: number, signal: AbortSignal): unknown {
  if (error instanceof UserError) return error;
  if (signal.aborted) return refusal("slow");
  if (error instanceof ServiceError && error.code === "too_large") return tooLarge(maxBytes);
  return error instanceof Error && "code" in error ? unreachable(host, "could not be reached") : error;
}

function unreachable(host: string, how: string): UserError {
  const message = `“${host}” ${how}. Check the link, try again later, or attach the picture.`;
  return new UserError("image_link_unreachable", message, "image");
}

function tooLarge(maxBytes: number): UserError {
  const message = `The picture behind the link is larger than ${maxBytes / MIB} MB. Choose a smaller one.`;
  return new UserError("image_too_large", message, "image");
}
