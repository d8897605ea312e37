import { createAnswers } from "../answers.ts";
import type { Destination } from "../chat/adapter.ts";
import { ServiceError } from "../errors.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

/** Who may read what, as Slack knows it. */
export interface Readers {
  /** Where Slack does not say, false. @throws ServiceError when Slack cannot be asked right now. */
  canRead(personId: string, channel: Destination): Promise<boolean>;
}

/** How long an answer holds (ms): who leaves a channel sees nothing of it a minute later. */
const FRESH_MS = 60_000;
const REMEMBERED_MAX = 5_000;
/** Of channels whose members are kept: one can have tens of thousands. */
const CHANNELS_MAX = 50;
/** The most that Slack gives (docs.slack.dev/reference/methods/conversations.members). */
const MEMBERS_PER_CALL = 999;

/**
 * A public channel is open to everyone in the workspace, save guests; it and every other conversation is open to its
 * members.
 */
export function createReaders({ workspaces, now }: { workspaces: Workspaces; now: () => number }): Readers {
  const open = createAnswers<boolean>({ now, freshMs: FRESH_MS, max: REMEMBERED_MAX });
  const colleagues = createAnswers<boolean>({ now, freshMs: FRESH_MS, max: REMEMBERED_MAX });
  const members = createAnswers<ReadonlySet<string>>({ now, freshMs: FRESH_MS, max: CHANNELS_MAX });

  async function isOpen({ call }: Workspace, id: string): Promise<boolean> {
    const { channel } = await call(({ conversations }) => conversations.info({ channel: id }));
    return channel?.is_channel === true && channel.is_private !== true && channel.is_mpim !== true;
  }

  async function membersOf({ call }: Workspace, channel: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await call(({ conversations }) =>
        conversations.members({ channel, limit: MEMBERS_PER_CALL, ...(cursor !== undefined && { cursor }) }),
      );
      for (const member of page.members ?? []) found.add(member);
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
    return found;
  }

  /** Full members of the workspace; neither guests nor people of other organisations. */
  async function isColleague({ id, call }: Workspace, personId: string): Promise<boolean> {
    const { user } = await call(({ users }) => users.info({ user: personId }));
    if (user?.team_id !== id || user.deleted) return false;
    return user.is_restricted !== true && user.is_ultra_restricted !== true;
  }

  return {
    async canRead(personId, { workspace: team, channel }) {
      const place = `${team}:${channel}`;
      try {
        const workspace = await workspaces.of(team);
        const forColleagues = await open.get(place, () => isOpen(workspace, channel));
        const mayBecauseOfThat =
          forColleagues &&
          (await colleagues.get(`${team}:${personId}`, () => isColleague(workspace, personId)));
        if (mayBecauseOfThat) return true;
        return (await members.get(place, () => membersOf(workspace, channel))).has(personId);
      } catch (error) {
        if (!(error instanceof ServiceError) || error.retryable) throw error;
        return false;
      }
    },
  };
}
