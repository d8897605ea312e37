import type { Logger } from "pino";
import { makeRoom } from "../answers.ts";
import type { Destination } from "../chat/adapter.ts";
import { ServiceError, UserError } from "../errors.ts";
import { SLACK_FAILURE } from "./errors.ts";
import type { SlackMessage } from "./messages.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

/** Where the bot may post; a public channel that it is not in is joined. */
export interface Channels {
  /** Finds out whether the bot may post and upload there. @throws UserError in words for the requester. */
  check(destination: Destination): Promise<void>;
  /** Posts a message. @throws ServiceError */
  post(destination: Destination, message: SlackMessage): Promise<Destination>;
  /** Does something there; where that fails for want of membership, once more as a member. */
  asMember<T>(destination: Destination, work: (workspace: Workspace) => Promise<T>): Promise<T>;
  /** What a channel is called, if it was heard of. */
  nameOf(destination: Pick<Destination, "workspace" | "channel">): string | undefined;
  /** What to tell somebody whose request cannot be answered there. */
  refusal(destination: Destination): Promise<UserError>;
}

/** How long a channel counts as open to the bot without asking again (ms). */
const FRESH_MS = 60_000;
const REMEMBERED_MAX = 5_000;

/** Asks Slack about channels, joins them, posts there. */
export function createChannels(options: {
  workspaces: Workspaces;
  now: () => number;
  logger: Logger;
}): Channels {
  const { workspaces, now, logger } = options;
  const open = new Map<string, number>();
  const names = new Map<string, string>();
  const keyOf = ({ workspace, channel }: Pick<Destination, "workspace" | "channel">) =>
    `${workspace}:${channel}`;

  async function refusal({ workspace, channel }: Destination): Promise<UserError> {
    const { botName } = await workspaces.of(workspace);
    // In a conversation between people (D…) there is no inviting anyone.
    const advice = channel.startsWith("D")
      ? "Use a channel that I am in, or write to me directly."
      : `Type /invite @${botName} here, then try again.`;
    return new UserError("no_access", `I cannot post in this conversation. ${advice}`);
  }

  async function join({ workspace, channel }: Destination): Promise<void> {
    const { call } = await workspaces.of(workspace);
    await call((client) => client.conversations.join({ channel }));
  }

  async function asMember<T>(
    destination: Destination,
    work: (workspace: Workspace) => Promise<T>,
  ): Promise<T> {
    const workspace = await workspaces.of(destination.workspace);
    try {
      return await work(workspace);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== SLACK_FAILURE.notInChannel) throw error;
      open.delete(keyOf(destination));
      await join(destination);
      return work(workspace);
    }
  }

  /** @returns false where the bot may not be. */
  async function enter(destination: Destination): Promise<boolean> {
    const { call } = await workspaces.of(destination.workspace);
    try {
      const { channel } = await call((client) => client.conversations.info({ channel: destination.channel }));
      makeRoom(names, REMEMBERED_MAX);
      if (channel?.name !== undefined) names.set(keyOf(destination), channel.name);
      if (channel?.is_archived) {
        throw new UserError("channel_archived", "This channel is archived, so nothing can be posted here.");
      }
      if (channel?.is_member === false && !channel.is_im && !channel.is_mpim) await join(destination);
      return true;
    } catch (error) {
      if (!(error instanceof ServiceError) || error.retryable) throw error;
      logger.warn({ err: error, channel: destination.channel }, "no access to a channel");
      return false;
    }
  }

  return {
    async check(destination) {
      const key = keyOf(destination);
      if ((open.get(key) ?? 0) > now()) return;
      if (!(await enter(destination))) throw await refusal(destination);
      makeRoom(open, REMEMBERED_MAX);
      open.set(key, now() + FRESH_MS);
    },

    post: (destination, message) =>
      asMember(destination, async ({ call }) => {
        const { channel, thread } = destination;
        const answer = await call((client) =>
          client.chat.postMessage({
            channel,
            ...message,
            ...(thread !== undefined && { thread_ts: thread }),
            unfurl_links: false,
            unfurl_media: false,
          }),
        );
        if (answer.ts === undefined) throw new Error("Slack posted a message without a timestamp.");
        return { ...destination, message: answer.ts };
      }),

    nameOf: (destination) => names.get(keyOf(destination)),
    asMember,
    refusal,
  };
}
