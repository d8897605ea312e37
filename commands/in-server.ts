import { type Destination, DIRECT_MESSAGES } from "../src/chat/adapter.ts";
import { UserError } from "../src/errors.ts";

/** Direct messages belong to no server. @throws UserError there. */
export function requireServer({ workspace }: Pick<Destination, "workspace">): void {
  if (workspace !== DIRECT_MESSAGES) return;
  throw new UserError("no_server", "Direct messages belong to no server. Ask in a channel of the server.");
}
