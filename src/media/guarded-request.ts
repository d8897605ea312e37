import { lookup } from "node:dns/promises";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.ts";

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What links reach; whatever is not given is the real network. */
export interface LinkNetwork {
  /** Every IP address of a host name. */
  resolve?: (hostname: string) => Promise<string[]>;
  /** Whether an IP address may be connected to. */
  allows?: (address: string) => boolean;
  /** Certificates (PEM) to trust in the place of the system's. */
  certificates?: string;
}

/** Fetches addresses that somebody else gave. */
export interface GuardedRequest {
  /**
   * GETs an address and follows at most three redirects, each of which `check` sees first. For each hop the host's name
   * is looked up once, every address it has must be allowed, and the connection goes to those very addresses: what the
   * name server says a moment later changes nothing. Other errors are the network's.
   */
  get(
    start: URL,
    options: {
      /** Throws for an address that is not wanted, whatever its host; null is one that cannot be read. */
      check(url: URL | null): URL;
      /** Hosts that need not be public. */
      trusts?: (url: URL) => boolean;
      headers(url: URL): Record<string, string>;
      refuse(why: "private" | "redirects"): Error;
      signal: AbortSignal;
    },
  ): Promise<IncomingMessage>;
}

/** Builds it for a network. */
export function createGuardedRequest(network: LinkNetwork): GuardedRequest {
  const { resolve = resolveAll, allows = isPublicAddress, certificates } = network;

  async function hop(url: URL, options: Parameters<GuardedRequest["get"]>[1]): Promise<IncomingMessage> {
    const { signal, headers, trusts = () => false, refuse } = options;
    const host = hostOf(url);
    const addresses = isIP(host) ? [host] : await unlessAborted(resolve(host), signal);
    if (!trusts(url) && !addresses.every(allows)) throw refuse("private");
    const request = url.protocol === "http:" ? requestHttp : requestHttps;
    return new Promise((answered, failed) => {
      // No agent: a connection that was made for another name is never used again.
      const connection = { agent: false, lookup: answerWith(addresses), ca: certificates };
      const sent = request(url, { ...connection, headers: headers(url), signal });
      sent.on("response", answered).on("error", failed).end();
    });
  }

  return {
    async get(start, options) {
      let url = options.check(start);
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const response = await hop(url, options);
        const { location } = response.headers;
        if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return response;
        response.destroy();
        url = options.check(URL.parse(location, url.href));
      }
      throw options.refuse("redirects");
    },
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
export function hostOf({ hostname }: URL): string {
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
