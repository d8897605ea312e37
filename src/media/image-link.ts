import { lookup } from "node:dns/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import type { ImageAttachment } from "../chat/adapter.ts";
import { explainLink, problemOfAnswer, refusal } from "./image-link-problems.ts";
import { limitBytes } from "./limit-bytes.ts";
import { isPublicAddress } from "./public-address.ts";

const HTTPS_PORT = 443;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
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

/** What links reach; whatever is not given is the real network. */
export interface LinkNetwork {
  /** Every IP address of a host name. */
  resolve?: (hostname: string) => Promise<string[]>;
  /** Whether an IP address may be connected to. */
  allows?: (address: string) => boolean;
  /** 443 alone, so that nobody looks for other services through the bot. */
  port?: number;
  /** Certificates (PEM) to trust in the place of the system's. */
  certificates?: string;
  timeoutMs?: number;
}

/**
 * Opens https links to pictures on public hosts. For each hop the host's name is looked up once, every address it has
 * must be public, and the connection goes to those very addresses: what the name server says a moment later changes
 * nothing. At most three redirects are followed, each checked like the link itself; neither cookies nor tokens are sent.
 * What goes wrong is a UserError for whoever gave the link.
 */
export function createLinkOpener(options: { maxBytes: number } & LinkNetwork): LinkOpener {
  const { maxBytes, resolve = resolveAll, allows = isPublicAddress, certificates } = options;
  const { port = HTTPS_PORT, timeoutMs = TIMEOUT_MS } = options;

  function check(address: string): URL {
    const url = URL.parse(address);
    if (url?.protocol !== "https:") throw refusal("https");
    if (url.username !== "" || url.password !== "") throw refusal("credentials");
    if (Number(url.port || HTTPS_PORT) !== port) throw refusal("port");
    const host = hostOf(url);
    if (isIP(host) && !allows(host)) throw refusal("private");
    return url;
  }

  async function get(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    const host = hostOf(url);
    const addresses = isIP(host) ? [host] : await unlessAborted(resolve(host), signal);
    if (!addresses.every(allows)) throw refusal("private");
    return new Promise((answered, failed) => {
      // No agent: a connection that was made for another name is never used again.
      const connection = { agent: false, lookup: answerWith(addresses), ca: certificates };
      const sent = request(url, { ...connection, headers: HEADERS, signal });
      sent.on("response", answered).on("error", failed).end();
    });
  }

  async function follow(start: URL, signal: AbortSignal): Promise<IncomingMessage> {
    let url = start;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await get(url, signal);
      const { location } = response.headers;
      if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return response;
      response.destroy();
      url = check(URL.parse(location, url.href)?.href ?? "");
    }
    throw refusal("redirects");
  }

  async function open(start: URL, asked: AbortSignal): Promise<Readable> {
    const signal = AbortSignal.any([asked, AbortSignal.timeout(timeoutMs)]);
    const explain = (error: unknown) => explainLink(error, start.hostname, maxBytes, signal);
    try {
      const response = await follow(start, signal);
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
    const url = check(address.trim());
    return {
      filename: (url.pathname.split("/").at(-1) || url.hostname).slice(0, MAX_NAME),
      contentType: "image/*",
      bytes: 0,
      reference: url.href,
      open: (signal) => open(url, signal),
    };
  };
}

async function resolveAll(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => address);
}

/** What `lookup` of `node:net` would find, if these addresses were all there are. */
function answerWith(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (hostname, { all }, callback) => {
    const [first] = found;
    if (!first) callback(Object.assign(new Error(`${hostname} has no address`), { code: "ENOTFOUND" }), []);
    else if (all) callback(null, found);
    else callback(null, first.address, first.family);
  };
}

/** A URL's host without the brackets of an IPv6 address. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** For what cannot be aborted itself, such as asking a name server. */
async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([result, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
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
