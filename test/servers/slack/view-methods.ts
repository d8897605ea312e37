import { elementsOf } from "./blocks.ts";
import { type JsonObject, objectsIn } from "./json.ts";
import { refuse } from "./refusal.ts";
import type { SlackContext } from "./state.ts";
import type { Triggers } from "./triggers.ts";
import { checkView, openView, pushView, replaceView, viewJson } from "./views.ts";
import { type Call, type Methods, missingScope } from "./web-api.ts";

/** `views.open`, `views.push` and `views.update`; they need no scope, save where people are asked for files. */
export function createViewMethods({
  context,
  triggers,
}: {
  context: SlackContext;
  triggers: Triggers;
}): Methods {
  return {
    "views.open": {
      scopes: [],
      tier: "tier4",
      args: ["trigger_id", "view"],
      run: (call) => {
        const { args, team } = call;
        const definition = viewOf(context, call);
        const triggerId = args.required("trigger_id");
        const { user, view: from } = triggers.exchange(triggerId, team.id);
        if (openViewOf(context, from)) {
          const warning = "a modal was opened from within a modal; views.push puts it on top";
          context.state.warnings.push({ method: "views.open", warning });
        }
        const view = openView(context, { definition, user, team: team.id, triggerId });
        return { view: viewJson(view, context) };
      },
    },
    "views.push": {
      scopes: [],
      tier: "tier4",
      args: ["trigger_id", "view"],
      run: (call) => {
        const { args, team } = call;
        const definition = viewOf(context, call);
        const triggerId = args.required("trigger_id");
        const { user, view: from } = triggers.exchange(triggerId, team.id);
        const previous = openViewOf(context, from);
        if (!previous) throw refuse("not_found");
        const view = pushView(context, { definition, user, team: team.id, triggerId, previous });
        return { view: viewJson(view, context) };
      },
    },
    "views.update": {
      scopes: [],
      tier: "tier4",
      args: ["view_id", "external_id", "hash", "view"],
      run: (call) => {
        const { args, team } = call;
        const definition = viewOf(context, call);
        const id = args.text("view_id");
        const externalId = args.text("external_id");
        const view = context.state.views.find(
          (one) => one.isOpen && one.team === team.id && (one.id === id || one.external_id === externalId),
        );
        if (!view || (!id && !externalId)) throw refuse("not_found");
        const hash = args.text("hash");
        if (hash !== undefined && hash !== view.hash) throw refuse("hash_conflict");
        replaceView(context, view, definition);
        return { view: viewJson(view, context) };
      },
    },
  };
}

function openViewOf({ state }: SlackContext, id: string | undefined) {
  return state.views.find((view) => view.isOpen && view.id === id);
}

function viewOf(context: SlackContext, { args, team }: Call): JsonObject {
  const definition = checkView(args.json("view"), context);
  const elements = objectsIn(definition.blocks).flatMap(elementsOf);
  const asksForFiles = elements.some(({ type }) => type === "file_input");
  if (asksForFiles && !team.scopes.has("files:read")) throw missingScope(["files:read"], team.scopes);
  return definition;
}
