import type { ChangeSignal } from "../change-signal.ts";
import { Refusal } from "../http-server.ts";
import type { Deliver } from "./deliver.ts";
import { postEphemeral } from "./ephemerals.ts";
import { isObject, type JsonObject, stringIn } from "./json.ts";
import { respond } from "./response-urls.ts";
import type { Ack, Channel, Delivery, Ephemeral, SlackContext, User, View } from "./state.ts";
import { checkView, pushView, replaceView } from "./views.ts";

/** Something a person did, and what came of it. */
export interface Interaction {
  payload: JsonObject;
  ack: Ack;
  /** The view that the bot opened with this trigger, so far. */
  readonly view: View | undefined;
  /** What the person was shown privately since. */
  readonly ephemerals: Ephemeral[];
  /** Waits for the view. */
  openedView(): Promise<View>;
  /** Sends the same payload again, as a network that lost the acknowledgement would. */
  redeliver(): Promise<Ack>;
}

interface InteractionOptions {
  context: SlackContext;
  deliver: Deliver;
  waitFor: ChangeSignal["waitFor"];
}

interface Doing {
  kind: Delivery["kind"];
  user: User;
  payload: JsonObject;
  /** Acts on the acknowledgement as Slack's clients do. */
  onAck?: (ack: Ack) => void;
}

/** Sends what a person did, once. */
export async function interact(
  { context, deliver, waitFor }: InteractionOptions,
  { kind, user, payload, onAck = () => {} }: Doing,
): Promise<Interaction> {
  const { state } = context;
  const before = new Set(state.ephemerals);
  const triggerId = stringIn(payload, "trigger_id");
  const opened = () => state.views.find((view) => triggerId !== "" && view.triggerId === triggerId);
  const ack = await deliver(kind, payload);
  orNote(context, () => onAck(ack));
  return {
    payload,
    ack,
    get view() {
      return opened();
    },
    get ephemerals() {
      return state.ephemerals.filter((one) => one.user === user.id && !before.has(one));
    },
    openedView: () => waitFor(opened, { description: "a view" }),
    redeliver: () => deliver(kind, payload, 1),
  };
}

/** What Slack would refuse in an acknowledgement shows the person an error: the bot must not send it. */
function orNote(context: SlackContext, act: () => void) {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.state.protocolErrors.push(`bad acknowledgement: ${error.message}`);
  }
}

const slackbotWords = {
  timeout: "operation_timeout",
  http_error: "http_service_error",
  connection_failed: "dispatch_failed",
  dispatch_failed: "dispatch_failed",
} as const;

/** A command's acknowledgement may carry a message; a failed one is told by Slackbot. */
export function afterCommand(
  context: SlackContext,
  { ack, command, channel, user }: { ack: Ack; command: string; channel: Channel; user: User },
) {
  if (ack.error) {
    const text = `${command} failed with the error "${slackbotWords[ack.error]}"`;
    postEphemeral(context, { channel, user: user.id, text, blocks: [], via: "slackbot" });
  } else if (ack.payload !== undefined) {
    respond(context, { channel, user: user.id }, ack.payload, "ack");
  }
}

/** Closes, keeps or changes the form, as `response_action` says. */
export function afterSubmission(context: SlackContext, view: View, ack: Ack) {
  const { protocolErrors, views } = context.state;
  view.errors = {};
  view.trouble = !ack.ok;
  const answer = isObject(ack.payload) ? ack.payload : {};
  const action = answer.response_action;
  if (action === "errors") showErrors(context, view, answer.errors);
  else if (action === "update") replaceView(context, view, checkView(answer.view, context));
  else if (action === "push") {
    const { user, team, triggerId } = view;
    const definition = checkView(answer.view, context);
    pushView(context, { definition, user, team, triggerId, previous: view });
  } else if (action === "clear") {
    for (const one of views) if (one.user === view.user) one.isOpen = false;
  } else if (ack.ok && ack.payload === undefined) view.isOpen = false;
  else if (ack.ok) protocolErrors.push(`a submission was answered ${JSON.stringify(ack.payload)}`);
  context.changed();
}

function showErrors({ state }: SlackContext, view: View, errors: unknown) {
  const inputs = view.blocks.filter(({ type }) => type === "input").map(({ block_id }) => block_id);
  for (const [block, text] of Object.entries(isObject(errors) ? errors : {})) {
    if (!inputs.includes(block)) state.protocolErrors.push(`an error for ${block}, which is no input block`);
    view.errors[block] = String(text);
  }
}
