import { mentionsIn } from "./mentions.ts";
import { type Content, nextTs, withIds } from "./messages.ts";
import type { Channel, Ephemeral, SlackContext } from "./state.ts";

interface Draft extends Content {
  channel: Channel;
  user: string;
  thread_ts?: string | undefined;
  via: Ephemeral["via"];
}

/** Shows something to one person. */
export function postEphemeral(context: SlackContext, { channel, user, via, ...draft }: Draft): Ephemeral {
  const ephemeral: Ephemeral = {
    team: channel.team,
    channel: channel.id,
    user,
    ts: nextTs(context),
    thread_ts: draft.thread_ts,
    text: draft.text,
    blocks: withIds(draft.blocks, context),
    mentions: mentionsIn(draft),
    via,
  };
  context.state.ephemerals.push(ephemeral);
  context.changed();
  return ephemeral;
}
