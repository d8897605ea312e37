import * as z from "zod";
import { limited, plainText } from "./block-elements.ts";
import { imageProblems, problemsOf } from "./block-problems.ts";
import { modalBlocks } from "./blocks.ts";
import { isObject, type JsonObject, objectsIn, stringIn } from "./json.ts";
import { appId, withIds } from "./messages.ts";
import { refuse, refuseWith } from "./refusal.ts";
import { mustGet, type SlackContext, type View } from "./state.ts";

const maxBytes = 250_000;

const modal = z
  .strictObject({
    type: z.literal("modal"),
    title: plainText(24),
    submit: plainText(24).nullish(),
    close: plainText(24).nullish(),
    blocks: modalBlocks,
    private_metadata: z.string().max(3000).optional(),
    callback_id: z.string().max(255).optional(),
    external_id: limited(255).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
  })
  .superRefine(({ submit, blocks }, problems) => {
    if (!submit && blocks.some(({ type }) => type === "input")) {
      problems.addIssue({ code: "custom", message: "missing required field: submit" });
    }
  });

/** Refuses a view that Slack would not open, with `invalid_arguments` and where it is wrong. */
export function checkView(value: unknown, { state }: SlackContext): JsonObject {
  if (!isObject(value)) throw refuseWith("invalid_arguments", ["missing required field: view"]);
  if (JSON.stringify(value).length > maxBytes) throw refuse("view_too_large");
  const parsed = modal.safeParse(value);
  const problems = parsed.success
    ? imageProblems(value, "/view", state.files)
    : problemsOf(parsed.error, value, "/view");
  if (problems.length > 0) throw refuseWith("invalid_arguments", problems);
  return value;
}

/** What a view says of itself, ready for the state. */
function contentsOf(definition: JsonObject, context: SlackContext) {
  const { title } = definition;
  return {
    hash: `${Math.floor(context.clock.now() / 1000)}.${context.nextNumber()}`,
    callback_id: stringIn(definition, "callback_id"),
    private_metadata: stringIn(definition, "private_metadata"),
    external_id: stringIn(definition, "external_id"),
    title: isObject(title) ? stringIn(title, "text") : "",
    blocks: withIds(objectsIn(definition.blocks), context),
    definition,
    errors: {},
    trouble: false,
  };
}

interface NewView {
  definition: JsonObject;
  user: string;
  team: string;
  triggerId: string;
  /** The open view that it is pushed on. */
  previous?: View;
}

/** Shows a checked view to the person who has the trigger. */
export function openView(context: SlackContext, { definition, previous: below, ...owner }: NewView): View {
  const id = `V${String(context.nextNumber()).padStart(8, "0")}`;
  const previous = below?.id;
  const view: View = { id, previous, ...owner, ...contentsOf(definition, context), isOpen: true, values: {} };
  context.state.views.push(view);
  context.changed();
  return view;
}

/** A modal holds three views, one on the other; refuses with `push_limit_reached`. */
export function pushView(context: SlackContext, view: NewView & { previous: View }): View {
  if (stackOf(context, view.previous).length >= 3) throw refuse("push_limit_reached");
  return openView(context, view);
}

/** A view with those below it, down to the root. */
function stackOf({ state }: Pick<SlackContext, "state">, view: View): View[] {
  const below = state.views.find(({ id }) => id === view.previous);
  return below ? [view, ...stackOf({ state }, below)] : [view];
}

/** Whether people see a view: it is open and nothing stands on it. */
export function isOnTop({ state }: SlackContext, view: View): boolean {
  return view.isOpen && !state.views.some(({ previous, isOpen }) => previous === view.id && isOpen);
}

/** Shows another checked view in the same window. */
export function replaceView(context: SlackContext, view: View, definition: JsonObject) {
  Object.assign(view, contentsOf(definition, context));
  context.changed();
}

/** A view object as answers and payloads show it. */
export function viewJson(view: View, context: SlackContext): JsonObject {
  const { state } = context;
  const team = mustGet(state.teams, view.team, "team");
  const { definition } = view;
  return {
    id: view.id,
    team_id: view.team,
    app_id: appId,
    app_installed_team_id: view.team,
    bot_id: team.botId,
    type: "modal",
    title: definition.title,
    submit: definition.submit ?? null,
    close: definition.close ?? null,
    blocks: view.blocks,
    private_metadata: view.private_metadata,
    callback_id: view.callback_id,
    external_id: view.external_id,
    state: { values: view.values },
    hash: view.hash,
    clear_on_close: definition.clear_on_close ?? false,
    notify_on_close: definition.notify_on_close ?? false,
    root_view_id: stackOf(context, view).at(-1)?.id ?? view.id,
    previous_view_id: view.previous ?? null,
  };
}
