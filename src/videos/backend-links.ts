import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { ServiceError } from "../errors.ts";
import { createGuardedRequest, type LinkNetwork } from "../media/guarded-request.ts";
import { limitBytes } from "../media/limit-bytes.ts";

/** Opens the addresses that a backend names for its files. */
export interface BackendLinks {
  /** @throws ServiceError code `link_refused` for an address that is not fetched, else as the backend's own. */
  open(address: string): Promise<{ body: ReadableStream<Uint8Array>; type: string }>;
}

const MAX_BYTES = 2 * 1024 ** 3;
const TIMEOUT_MS = 600_000;

/**
 * Fetches from the configured origin, wherever that is, and else from public hosts alone: a backend must not make the bot
 * look into its own network. The key goes to that origin and nowhere else, also not behind a redirect; what is sent is
 * capped. Addresses can be signed, so none is named in an error.
 */
export function createBackendLinks(
  options: { baseUrl: string | undefined; apiKey: string; maxBytes?: number } & LinkNetwork,
): BackendLinks {
  const { apiKey, maxBytes = MAX_BYTES } = options;
  // The trailing slash makes a relative address one below the base.
  const base = URL.parse(`${options.baseUrl ?? "https://api.openai.com/v1"}/`);
  const guarded = createGuardedRequest(options);
  const isBackend = ({ origin }: URL) => origin === base?.origin;

  function check(url: URL | null): URL {
    if (url?.protocol !== "http:" && url?.protocol !== "https:")
      throw refused("It is neither http nor https.");
    if (url.username !== "" || url.password !== "") throw refused("There is a name or password in it.");
    return url;
  }

  return {
    async open(address) {
      const start = check(URL.parse(address, base?.href));
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      /** Whoever was sent away once is a stranger, also where it is sent back. */
      let inside = true;
      try {
        const response = await guarded.get(start, {
          check(next) {
            const url = check(next);
            inside &&= isBackend(url);
            return url;
          },
          trusts: () => inside,
          headers: () => ({
            accept: "video/mp4,*/*;q=0.5",
            "accept-encoding": "identity",
            ...(inside && { authorization: `Bearer ${apiKey}` }),
          }),
          refuse: (why) =>
            refused(why === "private" ? "Its host is not on the public internet." : "It leads on and on."),
          signal,
        });
        checkAnswer(response, maxBytes);
        const bytes = Readable.from(limitBytes(response, maxBytes), { objectMode: false });
        bytes.once("close", () => response.destroy());
        return {
          body: Readable.toWeb(bytes) as ReadableStream<Uint8Array>,
          type: response.headers["content-type"] ?? "",
        };
      } catch (error) {
        if (error instanceof ServiceError) throw error;
        throw new ServiceError("videos", "unavailable", "A file's address cannot be reached.", {
          retryable: true,
          // Node's errors of a request name a host and a port, no address.
          cause: error,
        });
      }
    },
  };
}

function checkAnswer(response: IncomingMessage, maxBytes: number): void {
  const { statusCode: status = 0, headers } = response;
  const tooLarge = Number(headers["content-length"]) > maxBytes;
  if (status >= 200 && status < 300 && !tooLarge) return;
  response.destroy();
  if (tooLarge) throw refused(`The file has more than ${maxBytes} bytes.`);
  const notThere = [404, 409, 422, 425].includes(status);
  throw new ServiceError(
    "videos",
    notThere ? "not_ready" : `http_${status}`,
    `A file's address answered with HTTP status ${status}.`,
    { retryable: notThere || status === 429 || status >= 500 },
  );
}

function refused(why: string): ServiceError {
  const message = `The video service named an address that is not fetched. ${why}`;
  return new ServiceError("videos", "link_refused", message, { retryable: false });
}
