import type { App } from "@slack/bolt";
import { z } from "zod";
import type { Offer } from "../chat/offer.ts";
import { mayBePicture } from "./attachments.ts";
import type { Ears, Heard } from "./heard.ts";
import { typedText } from "./mrkdwn.ts";
import { placeOf, teamOfEvent } from "./places.ts";
import type { Workspaces } from "./workspaces.ts";

/** A message of a person, as far as it is read. */
const wordsSchema = z.object({
  /** Messages with files have one of their own; every other is no message that somebody wrote just now. */
  subtype: z.literal("file_share").optional(),
  user: z.string(),
  text: z.string().default(""),
  channel: z.string(),
  ts: z.string(),
  thread_ts: z.string().optional(),
  files: z.array(z.unknown()).default([]),
  /** Slack tells of a mention again when its message is edited. */
  edited: z.never().optional(),
  bot_id: z.never().optional(),
});

/** Hears what is written to the bot by name in a channel, and everything in its direct messages. */
export function listenToWords({
  app,
  ears,
  workspaces,
  offer,
}: {
  app: App;
  ears: Ears;
  workspaces: Pick<Workspaces, "teamOfBot">;
  offer: Offer;
}): void {
  app.event("app_mention", async ({ event, body }) => {
    // Of several workspaces that share a channel, Slack names any: who was called says which one is meant.
    const called = [...event.text.matchAll(/<@(\w+)/g)].flatMap(
      ([, user = ""]) => workspaces.teamOfBot(user) ?? [],
    );
    await hear(event, { id: body.event_id, team: called[0] ?? teamOfEvent(body) });
  });

  app.event("message", async ({ event, body }) => {
    if (event.channel_type !== "im") return;
    await hear(event, { id: body.event_id, team: teamOfEvent(body) });
  });

  async function hear(event: object, request: Pick<Heard, "id" | "team">): Promise<void> {
    const { data: words } = wordsSchema.safeParse(event);
    if (!words || ears.stopping()) return;
    const { user, text, channel, ts, thread_ts: thread, files } = words;
    await ears.take({
      ...request,
      user: { id: user },
      place: placeOf({ channel, ts, thread }),
      surface: { kind: "words" },
      invocation({ botUserId }) {
        // A video without the picture that was given for it would be another one than was asked for.
        if (files.some(mayBePicture)) {
          return { kind: "refused", words: pictureHint(offer) };
        }
        const mention = new RegExp(`<@${botUserId}(?:\\|[^>]*)?>`, "g");
        return { kind: "text", text: typedText(text.replaceAll(mention, " ")).trim() };
      },
      acknowledge: async () => true,
      acknowledgeWith: async () => false,
    });
  }
}

/** What to do instead, in the words of the menu. */
function pictureHint(offer: Offer): string {
  const entries = offer
    .commands()
    .flatMap(({ shortcut }) => (shortcut?.on === "picture" ? [shortcut.label] : []));
  if (entries.length === 0)
    return "I take no picture from a message that is written to me, and none of my models starts from one.";
  const choice = entries.map((entry) => `“${entry}”`).join(" or ");
  return `I take no picture from a message that is written to me: open the menu of that message (⋮) and choose ${choice}.`;
}
