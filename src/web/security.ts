import { isIP } from "node:net";
import type { MiddlewareHandler } from "hono";
import { csrf } from "hono/csrf";
import { secureHeaders } from "hono/secure-headers";
import type { MediaStore } from "../media/media-store.ts";

/**
 * Everything comes from this server, nothing inline.
 * @param options.links where the media store sends browsers for videos and pictures.
 */
export function createSecurityHeaders({ links }: Pick<MediaStore, "links">): MiddlewareHandler {
  const media = ["'self'", ...(links ? [links.origin] : [])];
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: [...media, "data:"],
      mediaSrc: media,
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
    referrerPolicy: "same-origin",
    // Not for a page that may well be served without TLS on purpose.
    strictTransportSecurity: false,
    xFrameOptions: "DENY",
  });
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;
const EVERY_ADDRESS = new Set(["0.0.0.0", "::"]);

/**
 * Refuses host names that are not this server's, by which a foreign page could make a browser believe that the
 * server belongs to it (DNS rebinding). Where the server listens on every address, any bare address is its own: a
 * rebinding attack needs a name.
 */
export function ownHostsOnly({
  host,
  publicUrl,
}: {
  host: string;
  publicUrl: string | undefined;
}): MiddlewareHandler {
  const named = [publicUrl && new URL(publicUrl).hostname, bracketed(host)];
  return async (c, next) => {
    const asked = hostnameOf(c.req.header("host"));
    const bare = isIP(asked.replace(/^\[(.*)\]$/, "$1")) > 0;
    if (LOOPBACK.test(asked) || named.includes(asked) || (bare && EVERY_ADDRESS.has(host))) return next();
    return c.text(
      `This server does not answer to the name “${asked}”. Set PUBLIC_URL to the address people use.`,
      421,
    );
  };
}

/** Refuses requests that change something and come from another site's page, or from no page at all. */
export function ownPagesOnly({ publicUrl }: { publicUrl: string | undefined }): MiddlewareHandler {
  const known = publicUrl && new URL(publicUrl).origin;
  return csrf({
    origin: (origin, c) => origin === known || origin === `http://${c.req.header("host")}`,
  });
}

function hostnameOf(header: string | undefined): string {
  const url = URL.parse(`http://${header ?? ""}`);
  return url?.hostname ?? "";
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host.toLowerCase();
}
