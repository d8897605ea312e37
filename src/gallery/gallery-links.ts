import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Store } from "../store/store.ts";
import type { Channel } from "./gallery.ts";

/** Addresses of a channel's web gallery: whoever has one may look, until it expires or is revoked. */
export interface GalleryLinks {
  /** A new address, or undefined where there is no web gallery or the channel switched it off. */
  create(channel: Channel): Promise<{ url: string; expiresAt: number } | undefined>;
  /** Makes every address given out for that channel until now lead nowhere. */
  revoke(channel: Channel): Promise<void>;
  /** Forgets a channel, whose addresses then lead nowhere. */
  forget(channel: Channel): Promise<void>;
  /** Forgets every channel of a server or workspace. */
  forgetWorkspace(place: Pick<Channel, "platform" | "workspace">): Promise<void>;
  /** The channel an address's token stands for, or why it leads nowhere. */
  open(token: string): Promise<Channel | "unknown" | "expired" | "revoked" | "off">;
}

/** Where the web galleries are, below the address people use. */
export const GALLERY_PATH = "/g";

interface Dependencies {
  store: Store;
  /** The address that a channel's people use, without a slash at its end; undefined: there is no web gallery. */
  baseUrlOf: (channel: Channel) => string | undefined;
  /** How long an address leads anywhere. */
  lifetimeMs: number;
  /** Whether a channel switched its web gallery off. */
  isOff: (channel: Channel) => Promise<boolean>;
  now: () => number;
}

/** What addresses call a channel: an id that tells nothing of it, and how often its addresses were revoked. */
interface LinkDocument {
  channel: Channel;
  epoch: number;
}

/**
 * Secrets by their names. New tokens are signed with the current one, which is used since then (Unix milliseconds); older
 * ones keep what they were signed with, until the last of them has ended.
 */
interface KeyDocument {
  current: string;
  secrets: Record<string, string>;
  since?: number;
}

/** A key that leaked opens nothing new after a while (ms). */
const KEY_LIFE_MS = 30 * 24 * 3_600_000;

const KEYS = "signing";
/** The key's name, the link's id, its epoch and its end (both in base 36), and what signs these four. */
const TOKEN = /^(([a-z0-9]{1,16})\.([\w-]{22})\.([0-9a-z]{1,8})\.([0-9a-z]{1,11}))\.([\w-]{43})$/;

/** Links whose tokens say when they end and are signed with HMAC-SHA256; the store knows which channel they are for. */
export function createGalleryLinks({ store, baseUrlOf, lifetimeMs, isOff, now }: Dependencies): GalleryLinks {
  const keys = store.collection<KeyDocument>({ name: "gallery-key", version: 1 });
  const links = store.collection<LinkDocument>({ name: "gallery-link", version: 1 });
  const ids = store.collection<{ id: string }>({ name: "gallery-link-id", version: 1 });

  async function currentKey(): Promise<{ name: string; secret: string }> {
    const secretOf = randomBytes(32).toString("base64url");
    const { current = "", secrets = {} } =
      (await keys.update(KEYS, (known) => renewed(known, secretOf))) ?? {};
    const secret = secrets[current];
    if (secret === undefined) throw new Error(`The key "${current}" of gallery links has no secret.`);
    return { name: current, secret };
  }

  /** A new key takes the place of one that was used for long; all that the one before it signed has ended by then. */
  function renewed(known: KeyDocument | undefined, secret: string): KeyDocument {
    if (!known) return { current: "k1", secrets: { k1: secret }, since: now() };
    const { current, secrets, since } = known;
    if (since === undefined) return { ...known, since: now() };
    if (now() - since < Math.max(lifetimeMs, KEY_LIFE_MS)) return known;
    const name = `k${Number(current.slice(1)) + 1}`;
    return { current: name, secrets: { [current]: secrets[current] ?? "", [name]: secret }, since: now() };
  }

  /** The link comes before the channel's note of it: dying between the two leaves a link that nobody was given. */
  async function linkOf(channel: Channel): Promise<{ id: string; epoch: number }> {
    const known = await ids.get(keyOf(channel));
    const link = known && (await links.get(known.id));
    if (known && link) return { id: known.id, epoch: link.epoch };
    const id = randomBytes(16).toString("base64url");
    await links.insert(id, { channel: plain(channel), epoch: 0 });
    const noted = await ids.update(keyOf(channel), (current) =>
      current === undefined || current.id === known?.id ? { id } : current,
    );
    if (noted === undefined || noted.id === id) return { id, epoch: 0 };
    await links.delete(id);
    return linkOf(channel);
  }

  return {
    async create(channel) {
      const baseUrl = baseUrlOf(channel);
      if (baseUrl === undefined || (await isOff(plain(channel)))) return undefined;
      const { name, secret } = await currentKey();
      const { id, epoch } = await linkOf(channel);
      // Days may be given in fractions, and the token's end has none.
      const expiresAt = Math.round(now() + lifetimeMs);
      const claim = [name, id, epoch.toString(36), expiresAt.toString(36)].join(".");
      return { url: `${baseUrl}${GALLERY_PATH}/${claim}.${sign(claim, secret)}/`, expiresAt };
    },

    async revoke(channel) {
      const known = await ids.get(keyOf(channel));
      if (!known) return;
      await links.update(known.id, (link) => link && { ...link, epoch: link.epoch + 1 });
    },

    async forgetWorkspace({ platform, workspace }) {
      const prefix = keyOf({ platform, workspace, channel: "" });
      for await (const [key, { id }] of ids.entries()) {
        if (!key.startsWith(prefix)) continue;
        await links.delete(id);
        await ids.delete(key);
      }
    },

    async forget(channel) {
      const known = await ids.get(keyOf(channel));
      if (known) await links.delete(known.id);
      await ids.delete(keyOf(channel));
    },

    async open(token) {
      const [, claim, name, id, epoch, end, signature] = TOKEN.exec(token) ?? [];
      if (!claim || !name || !id || !epoch || !end || !signature) return "unknown";
      const secrets = new Map(Object.entries((await keys.get(KEYS))?.secrets ?? {}));
      const secret = secrets.get(name);
      if (secret === undefined || !equal(signature, sign(claim, secret))) return "unknown";
      if (Number.parseInt(end, 36) <= now()) return "expired";
      const link = await links.get(id);
      if (!link) return "unknown";
      if (Number.parseInt(epoch, 36) < link.epoch) return "revoked";
      return (await isOff(link.channel)) ? "off" : link.channel;
    },
  };
}

function sign(claim: string, secret: string): string {
  return createHmac("sha256", secret).update(claim).digest("base64url");
}

/** Compares the text itself, so that each signature has one spelling; takes the same time wherever they differ. */
function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function plain({ platform, workspace, channel, parent }: Channel): Channel {
  return { platform, workspace, channel, ...(parent !== undefined && { parent }) };
}

function keyOf({ platform, workspace, channel }: Channel): string {
  return `${platform}:${workspace}:${channel}`;
}
