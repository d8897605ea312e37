import type { RespondFn } from "@slack/bolt";
import type { ModalView } from "@slack/types";
import type { Destination } from "../chat/adapter.ts";
import type { Notice } from "../chat/card.ts";
import type { Workspace } from "./workspaces.ts";

/** Where a request was made, as far as it decides where its answer can be shown. */
export type Surface =
  /** A conversation: a modal can be opened over it. */
  | { kind: "conversation"; triggerId: string }
  /** A page in a modal. */
  | { kind: "modal"; triggerId: string; viewId: string }
  /** A page in a message that one person sees. */
  | { kind: "ephemeral"; triggerId: string }
  /** A form that was sent; `replace` puts a view in its place unless it is too late. */
  | { kind: "form"; triggerId: string; viewId: string; replace(view: ModalView): Promise<boolean> }
  /** Words to the bot; Slack gives no trigger for them, so no modal can be opened. */
  | { kind: "words" };

/** One request, as far as answering it goes. */
export interface Answerable {
  workspace: Workspace;
  destination: Destination;
  userId: string;
  surface: Surface;
  /** Posts to the request's `response_url`; forms, modals and words have none. */
  respond?: RespondFn;
  /** Acknowledges without a word. @returns false when that had been done. */
  acknowledge(): Promise<boolean>;
  /** Acknowledges with a private answer. @returns false when it is too late for that, or the kind of request takes none. */
  acknowledgeWith(notice: Notice): Promise<boolean>;
}
