import type { UsersInfoResponse } from "@slack/web-api";
import type { Logger } from "pino";
import { makeRoom } from "../answers.ts";
import type { Actor } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import { sleep } from "../sleep.ts";
import type { Workspace } from "./workspaces.ts";

/** Somebody as a request names them; words to the bot come with an id alone. */
export interface Caller {
  id: string;
  name?: string;
}

type User = NonNullable<UsersInfoResponse["user"]>;

/** Who people are: their display name, whether they run the workspace, and their standing in it. */
export interface People {
  /**
   * What Slack says; where it does not say it in time, what it said before, else what the request says.
   * @param options.patient nothing is lost by waiting for Slack a few seconds.
   */
  actor(workspace: Workspace, caller: Caller, options?: { patient: boolean }): Promise<Actor>;
}

/** How long an answer holds (ms): someone who becomes an admin is one within minutes. */
const FRESH_MS = 10 * 60_000;
/** A request has to be acknowledged, or its form opened, within three seconds, so it does not wait long for a name. */
const PATIENCE_MS = 1_500;
/** There is something to go on with. */
const PATIENCE_OF_OLD_MS = 700;
/** There is no trigger that could expire. */
const PATIENCE_FOR_WORDS_MS = 10_000;
/** Pauses before Slack is asked again by those who are patient (ms). */
const ASK_AGAIN_MS = [300, 1_000, 3_000];
const REMEMBERED_MAX = 5_000;
/** An id is no name: names stand in lists and galleries for good. */
const NAMELESS = "somebody";

/** Asks Slack once for each person and remembers the answer for a while, and for longer in case Slack does not answer. */
export function createPeople({ now, logger }: { now: () => number; logger: Logger }): People {
  const remembered = new Map<string, { actor: Actor; until: number }>();
  const asking = new Map<string, Promise<Actor>>();
  const keyOf = (workspace: Workspace, { id }: Caller) => `${workspace.id}:${id}`;

  async function ask(workspace: Workspace, caller: Caller): Promise<Actor> {
    const { user } = await workspace.call((client) => client.users.info({ user: caller.id }));
    const name = user?.profile?.display_name || user?.real_name || user?.name || caller.name || NAMELESS;
    const roles = rolesIn(workspace, user);
    const manager = roles.includes("admin");
    const actor: Actor = { id: caller.id, name, moderator: manager, manager, roles };
    const key = keyOf(workspace, caller);
    remembered.delete(key);
    makeRoom(remembered, REMEMBERED_MAX);
    remembered.set(key, { actor, until: now() + FRESH_MS });
    return actor;
  }

  function askOnce(workspace: Workspace, caller: Caller): Promise<Actor> {
    const key = keyOf(workspace, caller);
    const asked = asking.get(key) ?? ask(workspace, caller).finally(() => asking.delete(key));
    asking.set(key, asked);
    return asked;
  }

  async function askAgain(workspace: Workspace, caller: Caller): Promise<Actor> {
    for (const waitMs of ASK_AGAIN_MS) {
      try {
        return await askOnce(workspace, caller);
      } catch (error) {
        if (!(error instanceof ServiceError) || !error.retryable) throw error;
        await sleep(error.retryAfterMs ?? waitMs);
      }
    }
    return askOnce(workspace, caller);
  }

  return {
    async actor(workspace, caller, { patient } = { patient: false }) {
      const known = remembered.get(keyOf(workspace, caller));
      if (known && known.until > now()) return known.actor;
      const { id, name = NAMELESS } = caller;
      const otherwise: Actor = known?.actor ?? { id, name, moderator: false, manager: false, roles: [] };
      const patienceMs = patient ? PATIENCE_FOR_WORDS_MS : known ? PATIENCE_OF_OLD_MS : PATIENCE_MS;
      const answered = new AbortController();
      const asked = (patient ? askAgain : askOnce)(workspace, caller).catch((err: unknown) => {
        logger.warn({ err, userId: id }, "Slack did not say who somebody is");
        return otherwise;
      });
      const waited = sleep(patienceMs, answered.signal).then(() => otherwise);
      return Promise.race([asked, waited]).finally(() => answered.abort());
    },
  };
}

/** Admins of other organisations, whom a shared channel brings here, run theirs: here they are guests. */
function rolesIn({ id }: Workspace, user: User | undefined): string[] {
  if (!user) return [];
  if (user.team_id !== id || user.is_restricted || user.is_ultra_restricted) return ["guest"];
  if (user.is_owner) return ["owner", "admin", "member"];
  return user.is_admin ? ["admin", "member"] : ["member"];
}
