import { createHash } from "node:crypto";
import type { Collection, Store } from "../store/store.ts";

/** What a page was asked for, kept so that the page's buttons need to carry no more than a short id. */
export interface PageQueries {
  /** Resolves to the id of these values; the same values have the same id. */
  keep(values: Record<string, string | undefined>): Promise<string>;
  /** The values of an id; undefined when they are no longer kept. */
  read(id: string): Promise<Record<string, string> | undefined>;
  /** Forgets those that ask for a person's videos. */
  forget(person: string): Promise<void>;
}

/** People come back to a private page within hours, and Discord forgets it when they leave; each use renews it. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** Ids and the rest of what buttons carry share 64 characters; two queries of one bot will not collide in 40 bits. */
const ID_LENGTH = 10;

/** Queries in a store, under a hash of what they say. */
export function createPageQueries({ store }: { store: Store }): PageQueries {
  const queries: Collection<Record<string, string>> = store.collection<Record<string, string>>({
    name: "page-query",
    version: 1,
    ttlMs: KEPT_MS,
  });
  return {
    async keep(values) {
      const said = Object.entries(values).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      );
      if (said.length === 0) return "all";
      const query = Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1)));
      const id = createHash("sha256").update(JSON.stringify(query)).digest("hex").slice(0, ID_LENGTH);
      // A new object is written, which renews it.
      await queries.update(id, () => query);
      return id;
    },
    async forget(person) {
      for await (const [id, { by }] of queries.entries()) if (by === person) await queries.delete(id);
    },
    async read(id) {
      return id === "all" ? {} : queries.get(id);
    },
  };
}
