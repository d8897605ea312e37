import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Collection, Store } from "../store/store.ts";
import type { Installation, Installations } from "./installations.ts";

/** Where the app lets its tokens expire: by when, and what gets the next one, once. */
export interface Rotation {
  refreshToken: string;
  expiresAt: number;
}

/** What Slack gave for one workspace. */
export interface Granted extends Installation {
  rotation?: Rotation;
}

/** The installations that people made by OAuth, for all processes. */
export interface StoredInstallations extends Installations {
  /** In the place of an older one. */
  put(granted: Granted): Promise<void>;
}

/** `claim`: who is getting the next token, and until when nobody else tries. */
type Kept = Granted & { claim?: { by: string; until: number } };

/** The next token is got so long before the last one expires (ms): both hold then. */
const AHEAD_MS = 2 * 3_600_000;
/** Getting one takes seconds (ms). */
const CLAIM_MS = 60_000;

/** Tokens are kept as Slack gave them, beside the store's other secrets, of which none is encrypted (SECURITY.md). */
export function createStoredInstallations({
  store,
  refresh,
  now,
  logger,
}: {
  store: Store;
  /** Exchanges a refresh token, which is good for once. @throws ServiceError */
  refresh: (refreshToken: string) => Promise<{ token: string; rotation?: Rotation }>;
  now: () => number;
  logger: Logger;
}): StoredInstallations {
  const kept: Collection<Kept> = store.collection<Kept>({ name: "slack-installation", version: 1 });

  const isDue = ({ rotation, claim }: Kept) =>
    rotation !== undefined && rotation.expiresAt - AHEAD_MS <= now() && (claim?.until ?? 0) <= now();

  /**
   * One process gets the next token; the others go on with the last one. Should it die before it has written that down, the
   * app has to be installed there again once the last one has ended.
   */
  async function renew(team: string): Promise<Kept | undefined> {
    const by = randomUUID();
    const claimed = await kept.update(team, (current) =>
      current && isDue(current) ? { ...current, claim: { by, until: now() + CLAIM_MS } } : current,
    );
    if (claimed?.rotation === undefined || claimed.claim?.by !== by) return claimed;
    const next = await refresh(claimed.rotation.refreshToken).catch((err: unknown) => {
      logger.warn({ err, team }, "Slack gave no new token for a workspace, trying again in a minute");
    });
    if (!next) return claimed;
    const { claim: _done, ...rest } = claimed;
    return kept.update(team, (current) =>
      current?.token === claimed.token ? { ...rest, ...next } : current,
    );
  }

  return {
    async get(team) {
      const found = await kept.get(team);
      return found && isDue(found) ? renew(team) : found;
    },
    all: async () => (await Array.fromAsync(kept.entries())).map(([, installation]) => installation),
    async put(granted) {
      await kept.update(granted.id, () => granted);
    },
    async remove({ id, token }) {
      await kept.update(id, (current) => (current?.token === token ? undefined : current));
    },
  };
}
