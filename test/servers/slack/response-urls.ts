import { type HttpAnswer, Refusal, type Route, route } from "../http-server.ts";
import { readArguments } from "./arguments.ts";
import { readMessageBlocks } from "./blocks.ts";
import { postEphemeral } from "./ephemerals.ts";
import { isObject } from "./json.ts";
import { editMessage, postMessage, removeMessage } from "./messages.ts";
import { type Channel, type Ephemeral, type Message, mustGet, type SlackContext } from "./state.ts";

const lifeMs = 30 * 60_000;
const maxUses = 5;

/** Where an answer goes. */
export interface ResponseTarget {
  channel: Channel;
  user: string;
  /** What `replace_original` and `delete_original` are about. */
  original?: Message | Ephemeral | undefined;
}

/** The `response_url`s of commands and buttons: 30 minutes, 5 uses. */
export interface ResponseUrls {
  issue(target: ResponseTarget): string;
  routes: Route[];
}

/** Answers an expired or used-up address with 404, as Slack does. */
export function createResponseUrls(context: SlackContext): ResponseUrls {
  const issued = new Map<string, { target: ResponseTarget; expiresAt: number; uses: number }>();
  const gone = (error: string): HttpAnswer => ({ status: 404, body: { ok: false, error } });

  return {
    issue: (target) => {
      const id = `r${context.nextNumber()}`;
      issued.set(id, { target, expiresAt: context.clock.now() + lifeMs, uses: 0 });
      return `${context.origin()}/hooks/${id}`;
    },
    routes: [
      route("POST /hooks/{id}", ({ params, payload }) => {
        const entry = issued.get(params.id);
        if (!entry || context.clock.now() > entry.expiresAt) return gone("expired_url");
        if (entry.uses >= maxUses) return gone("used_url");
        entry.uses += 1;
        try {
          respond(context, entry.target, payload, "response_url");
        } catch (error) {
          if (error instanceof Refusal) return { ...error.answer, status: 400 };
          throw error;
        }
        return { status: 200, body: { ok: true } };
      }),
    ],
  };
}

/** Shows what the bot answered to a command or button: to the person alone unless it says `in_channel`. */
export function respond(
  context: SlackContext,
  { channel, user, original }: ResponseTarget,
  answer: unknown,
  via: Ephemeral["via"],
) {
  const args = readArguments(isObject(answer) ? answer : { text: answer });
  const blocks = readMessageBlocks(args, context.state.files) ?? [];
  const content = { text: args.text("text") ?? "", blocks };
  if (original && args.flag("delete_original")) return takeAway(context, channel, original);
  if (original && args.flag("replace_original")) {
    if ("revisions" in original) return editMessage(context, original, content);
    Object.assign(original, content);
    return context.changed();
  }
  const thread_ts = args.text("thread_ts");
  if (args.text("response_type") !== "in_channel") {
    return postEphemeral(context, { channel, user, thread_ts, via, ...content });
  }
  const team = mustGet(context.state.teams, channel.team, "team");
  postMessage(context, { channel, user: team.botUserId, bot_id: team.botId, thread_ts, ...content });
}

function takeAway(context: SlackContext, channel: Channel, original: Message | Ephemeral) {
  if ("revisions" in original) return removeMessage(context, channel, original);
  const { ephemerals } = context.state;
  ephemerals.splice(ephemerals.indexOf(original), 1);
  context.changed();
}
