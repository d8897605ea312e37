import { refuse } from "./refusal.ts";
import type { SlackContext } from "./state.ts";

/** A trigger lives three seconds and opens one view. */
const lifeMs = 3000;

interface Trigger {
  user: string;
  team: string;
  /** The view whose button was pressed, or that was sent. */
  view: string | undefined;
  expiresAt: number;
  isUsed: boolean;
}

/** The triggers that Slack gave out with commands, buttons and shortcuts. */
export interface Triggers {
  issue(user: string, team: string, view?: string): string;
  /** Whose it is; refuses an unknown, old or used one with Slack's three words. */
  exchange(id: string, team: string): { user: string; view: string | undefined };
}

/** Triggers on the server's clock. */
export function createTriggers({ clock, nextNumber }: SlackContext): Triggers {
  const issued = new Map<string, Trigger>();
  return {
    issue: (user, team, view) => {
      const id = `${nextNumber()}.${nextNumber()}.abcdef`;
      issued.set(id, { user, team, view, expiresAt: clock.now() + lifeMs, isUsed: false });
      return id;
    },
    exchange: (id, team) => {
      const trigger = issued.get(id);
      if (!trigger || trigger.team !== team) throw refuse("invalid_trigger_id");
      if (trigger.isUsed) throw refuse("exchanged_trigger_id");
      if (clock.now() > trigger.expiresAt) throw refuse("expired_trigger_id");
      trigger.isUsed = true;
      return { user: trigger.user, view: trigger.view };
    },
  };
}
