import { randomBytes } from "node:crypto";
import type { Collection, Store } from "../store/store.ts";
import type { ChatAdapter, ImageAttachment, PlatformName } from "./adapter.ts";

/** Pictures that somebody picked and that wait for the rest of a form: an address each, never the bytes. */
export interface Drafts {
  /** Resolves to what the form carries; undefined for a picture that cannot be opened later. */
  keep(platform: PlatformName, person: string, picture: ImageAttachment): Promise<string | undefined>;
  /** The picture again, for the one who picked it; undefined when it is no longer kept. */
  open(platform: PlatformName, person: string, id: string): Promise<ImageAttachment | undefined>;
  /** Forgets a person's. */
  forget(platform: PlatformName, person: string): Promise<void>;
}

interface Draft {
  platform: PlatformName;
  person: string;
  reference: string;
}

const KEPT_MS = 24 * 3_600_000;

/** Drafts in a store, each for a day. */
export function createDrafts(options: {
  store: Store;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
}): Drafts {
  const { store, adapters } = options;
  const drafts: Collection<Draft> = store.collection<Draft>({ name: "draft", version: 1, ttlMs: KEPT_MS });
  return {
    async keep(platform, person, { reference }) {
      if (reference === undefined) return undefined;
      const id = `draft-${randomBytes(9).toString("hex")}`;
      await drafts.insert(id, { platform, person, reference });
      return id;
    },
    async open(platform, person, id) {
      const draft = await drafts.get(id);
      if (draft?.platform !== platform || draft.person !== person) return undefined;
      return adapters.get(platform)?.reopen?.(draft.reference);
    },
    async forget(platform, person) {
      for await (const [id, draft] of drafts.entries())
        if (draft.platform === platform && draft.person === person) await drafts.delete(id);
    },
  };
}
