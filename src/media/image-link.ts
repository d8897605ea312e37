import { isIP } from "node:net";
import { Readable } from "node:stream";
import type { ImageAttachment } from "../chat/adapter.ts";
import { createGuardedRequest, hostOf, type LinkNetwork } from "./guarded-request.ts";
import { explainLink, problemOfAnswer, refusal } from "./image-link-problems.ts";
import { limitBytes } from "./limit-bytes.ts";
import { isPublicAddress } from "./public-address.ts";

const HTTPS_PORT = 443;
/** From the first name that is looked up to the last byte. */
const TIMEOUT_MS = 20_000;
/** Characters of the name by which people see a link's picture. */
const MAX_NAME = 60;

const HEADERS = {
  // Hosts that choose a format by this must not choose one that the Videos API does not take (AVIF).
  accept: "image/webp,image/png,image/jpeg,image/*;q=0.5,*/*;q=0.1",
  "accept-encoding": "identity",
  "user-agent": "Mozilla/5.0 (compatible; Showreel)",
};

/** Makes a picture of a link; nothing is fetched before it is opened. @throws UserError when it can be no such link. */
export type LinkOpener = (address: string) => ImageAttachment;

/**
 * Opens https links to pictures on public hosts, and on no other host that they redirect to; neither cookies nor tokens
 * are sent. What goes wrong is a UserError for whoever gave the link.
 * @param options.port 443 alone, so that nobody looks for other services through the bot.
 */
export function createLinkOpener(
  options: { maxBytes: number; port?: number; timeoutMs?: number } & LinkNetwork,
): LinkOpener {
  const { maxBytes, port = HTTPS_PORT, timeoutMs = TIMEOUT_MS, allows = isPublicAddress } = options;
  const guarded = createGuardedRequest(options);

  function check(url: URL | null): URL {
    if (url?.protocol !== "https:") throw refusal("https");
    if (url.username !== "" || url.password !== "") throw refusal("credentials");
    if (Number(url.port || HTTPS_PORT) !== port) throw refusal("port");
    const host = hostOf(url);
    if (isIP(host) && !allows(host)) throw refusal("private");
    return url;
  }

  async function open(start: URL, asked: AbortSignal): Promise<Readable> {
    const signal = AbortSignal.any([asked, AbortSignal.timeout(timeoutMs)]);
    const explain = (error: unknown) => explainLink(error, start.hostname, maxBytes, signal);
    try {
      const response = await guarded.get(start, {
        check,
        headers: () => HEADERS,
        refuse: refusal,
        signal,
      });
      const problem = problemOfAnswer(response, start.hostname, maxBytes);
      if (problem) {
        response.destroy();
        throw problem;
      }
      const body = Readable.from(explained(limitBytes(response, maxBytes), explain), { objectMode: false });
      return body.once("close", () => response.destroy());
    } catch (error) {
      throw explain(error);
    }
  }

  return (address) => {
    const url = check(URL.parse(address.trim()));
    return {
      filename: (url.pathname.split("/").at(-1) || url.hostname).slice(0, MAX_NAME),
      contentType: "image/*",
      bytes: 0,
      reference: url.href,
      open: (signal) => open(url, signal),
    };
  };
}

async function* explained(
  body: AsyncIterable<Uint8Array>,
  explain: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (error) {
    throw explain(error);
  }
}
