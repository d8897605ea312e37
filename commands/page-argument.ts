import { UserError } from "../src/errors.ts";

/** Reads what a page's button carries: the id of the page's query, and the place in it. */
export function splitPageArgument(argument: string): { query: string; at: string | undefined } {
  const [query = "", ...at] = argument.split("_");
  return { query, at: at.length === 0 ? undefined : at.join("_") };
}

/** The answer to a button whose page is too old. */
export function pageExpired(command: string): UserError {
  return new UserError("page_expired", `This page is too old to be turned. Type /video ${command} again.`);
}
