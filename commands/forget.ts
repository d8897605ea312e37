import { DIRECT_MESSAGES } from "../src/chat/adapter.ts";
import { UserError } from "../src/errors.ts";
import type { Erased } from "../src/jobs/forgetting.ts";
import type { Action } from "../src/jobs/permissions.ts";
import { type CommandContext, defineCommand } from "./command.ts";

const SUBJECTS = { me: "you", channel: "this channel", server: "this whole server" };
type Subject = keyof typeof SUBJECTS;

const NEEDS: Partial<Record<Subject, Action>> = { channel: "forget-channel", server: "forget-server" };

/** `/video forget`: erases what the bot keeps about a person, a channel or a server; asks first. */
export const forget = defineCommand({
  name: "forget",
  description: "Erase what the bot keeps about you; moderators: about a channel or server",
  options: {
    what: {
      type: "choice",
      description: "What is to be forgotten; you if left open",
      choices: () => Object.entries(SUBJECTS).map(([value, label]) => ({ value, label })),
    },
  },
  async run(context, { what = "me" }) {
    await ask(context, subjectOf(what));
  },
  async press(context, argument) {
    const { reply } = context.request;
    const subject = subjectOf(argument);
    await check(context, subject);
    const { erased, pending } = await erase(context, subject);
    const lines = [
      [
        `Erased: ${videos(erased)} with prompts and files, and what else was kept about ${SUBJECTS[subject]}.`,
      ],
      ...(pending === 0
        ? []
        : [[`${videos(pending)} being made right now: finished first, and erased within the hour after.`]]),
    ];
    await reply.page({ title: "Forgotten", lines, rows: [], buttons: [] });
  },
});

const videos = (count: number) => `${count} video${count === 1 ? "" : "s"}`;

function subjectOf(word: string): Subject {
  if (word === "me" || word === "channel" || word === "server") return word;
  throw new UserError("option_value", "Choose one of: you, this channel, this whole server.");
}

async function check({ permissions, request }: CommandContext, subject: Subject): Promise<void> {
  const action = NEEDS[subject];
  if (action) await permissions.require(action, request.actor, request.destination);
  if (subject === "server" && request.destination.workspace === DIRECT_MESSAGES)
    throw new UserError("no_server", "Direct messages belong to no server. Forget yourself instead.");
}

async function ask(context: CommandContext, subject: Subject): Promise<void> {
  await check(context, subject);
  const { forgetting, request } = context;
  const { platform, workspace, channel } = request.destination;
  const scope = {
    me: { platform, person: request.actor.id },
    channel: { platform, workspace, channel },
    server: { platform, workspace },
  }[subject];
  const count = await forgetting.count(scope);
  await request.reply.page({
    title: `Forget ${SUBJECTS[subject]}?`,
    lines: [
      [
        `${videos(count)} with prompts, pictures and files, the settings, and the stars go from the bot's memory and its galleries, for ever.`,
      ],
      [
        "What stands in the chat stays there, without working buttons, and so does what the video service keeps. Delete videos one by one to have them gone there, too. What is being made right now is finished first, and erased then.",
      ],
    ],
    rows: [],
    buttons: [{ label: `Forget ${SUBJECTS[subject]}`, style: "danger", action: "forget", argument: subject }],
  });
}

async function erase({ forgetting, request }: CommandContext, subject: Subject): Promise<Erased> {
  const { actor, destination } = request;
  const { platform, workspace } = destination;
  if (subject === "me") return forgetting.person({ platform, id: actor.id }, destination);
  return subject === "channel" ? forgetting.channel(destination) : forgetting.server({ platform, workspace });
}
