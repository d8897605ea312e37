import type { Logger } from "pino";
import type { Actor } from "../chat/adapter.ts";
import { sleep } from "../sleep.ts";
import type { Workspace } from "./workspaces.ts";

/** Who people are: their display name, and whether they run the workspace. */
export interface People {
  /** @param fallbackName the name in the request, for when Slack does not say more in time. */
  actor(workspace: Workspace, userId: string, fallbackName: string): Promise<Actor>;
}

/** How long an answer holds (ms): someone who becomes an admin is one within minutes. */
const FRESH_MS = 10 * 60_000;
/** A request has to be acknowledged, or its form opened, within three seconds, so it does not wait long for a name. */
const PATIENCE_MS = 700;
const REMEMBERED_MAX = 5_000;

/** Asks Slack once for each person and remembers the answer for a while. */
export function createPeople({ now, logger }: { now: () => number; logger: Logger }): People {
  const remembered = new Map<string, { actor: Actor; until: number }>();

  async function ask(workspace: Workspace, id: string, fallbackName: string): Promise<Actor> {
    const { user } = await workspace.call((client) => client.users.info({ user: id }));
    const name = user?.profile?.display_name || user?.real_name || user?.name || fallbackName;
    const manager = user?.is_admin === true || user?.is_owner === true;
    const actor = { id, name, moderator: manager, manager };
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(`${workspace.id}:${id}`, { actor, until: now() + FRESH_MS });
    return actor;
  }

  return {
    async actor(workspace, userId, fallbackName) {
      const known = remembered.get(`${workspace.id}:${userId}`);
      if (known && known.until > now()) return known.actor;
      const nobody: Actor = { id: userId, name: fallbackName, moderator: false, manager: false };
      const answered = new AbortController();
      const asked = ask(workspace, userId, fallbackName).catch((err: unknown) => {
        logger.warn({ err, userId }, "Slack did not say who somebody is");
        return nobody;
      });
      const waited = sleep(PATIENCE_MS, answered.signal).then(() => nobody);
      return Promise.race([asked, waited]).finally(() => answered.abort());
    },
  };
}
