import type { GalleryQuery } from "../../gallery/gallery.ts";

/** Where in a gallery somebody is: all of it stands in the address. */
export interface Place {
  query: GalleryQuery;
  /** A cursor of the gallery. */
  at?: string;
}

const SEARCH_MAX = 200;
const VALUE_MAX = 100;
const CURSOR = /^[\w.-]{1,200}$/;
const SORTS = ["newest", "oldest", "stars"] as const;

/** Reads an address's parameters; what makes no sense counts as absent. */
export function readPlace(parameters: Record<string, string>): Place {
  const search = parameters.search?.trim().slice(0, SEARCH_MAX);
  const by = parameters.by?.slice(0, VALUE_MAX);
  const model = parameters.model?.slice(0, VALUE_MAX);
  const sort = SORTS.find((known) => known === parameters.sort);
  const at = CURSOR.test(parameters.at ?? "") ? parameters.at : undefined;
  return {
    query: {
      ...(search && { search }),
      ...(by && { by }),
      ...(model && { model }),
      ...(sort && sort !== "newest" && { sort }),
    },
    ...(at && { at }),
  };
}

/** A place as an address's query with its question mark; empty for the beginning of everything. */
export function writePlace({ query, at }: Place): string {
  const parameters = new URLSearchParams({ ...query, ...(at && { at }) }).toString();
  return parameters && `?${parameters}`;
}

/** Whether something narrows down what is shown. */
export function isFiltered({ query }: Place): boolean {
  return query.search !== undefined || query.by !== undefined || query.model !== undefined;
}
