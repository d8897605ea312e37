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
/** The most that Slack recommends (docs.slack.dev/reference/methods/conversations.members). */
const MEMBERS_PER_CALL = 200;

/**
 * A public channel is open to everyone in the workspace, save guests; it and every other conversation is open to its
 * members.
 */
export function createReaders({ workspaces, now }: { workspaces: Workspaces; now: () => number }): Readers {
  const remembered = new Map<string, { may: boolean; until: number }>();

  async function isMember({ call }: Workspace, personId: string, channel: string): Promise<boolean> {
    let cursor: string | undefined;
    do {
      const page = await call(({ conversations }) =>
        conversations.members({ channel, limit: MEMBERS_PER_CALL, ...(cursor !== undefined && { cursor }) }),
      );
      if (page.members?.includes(personId)) return true;
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
    return false;
  }

  /** Full members of the workspace; neither guests nor people of other organisations. */
  async function isColleague({ id, call }: Workspace, personId: string): Promise<boolean> {
    const { user } = await call(({ users }) => users.info({ user: personId }));
    if (user?.team_id !== id || user.deleted) return false;
    return user.is_restricted !== true && user.is_ultra_restricted !== true;
  }

  async function ask(personId: string, { workspace: team, channel: id }: Destination): Promise<boolean> {
    try {
      const workspace = await workspaces.of(team);
      const { channel } = await workspace.call(({ conversations }) => conversations.info({ channel: id }));
      const isPublic =
        channel?.is_channel === true && channel.is_private !== true && channel.is_mpim !== true;
      if (isPublic && (await isColleague(workspace, personId))) return true;
      return await isMember(workspace, personId, id);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.retryable) throw error;
      return false;
    }
  }

  return {
    async canRead(personId, channel) {
      const key = `${channel.workspace}:${channel.channel}:${personId}`;
      const known = remembered.get(key);
      if (known && known.until > now()) return known.may;
      const may = await ask(personId, channel);
      if (remembered.size >= REMEMBERED_MAX) remembered.clear();
      remembered.set(key, { may, until: now() + FRESH_MS });
      return may;
    },
  };
}
