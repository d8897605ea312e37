import type { PageButton } from "../src/chat/page.ts";
import type { Line } from "../src/chat/rich-text.ts";
import { momentOf, roughly } from "../src/chat/times.ts";
import { UserError } from "../src/errors.ts";
import type { Pause } from "../src/jobs/intake.ts";
import { type CommandContext, defineCommand } from "./command.ts";

/** What can be looked at, and how its page is called. */
const VIEWS = { health: "How the bot is", queue: "What is under way" } as const;

type View = keyof typeof VIEWS;

/** What can be done, as it is picked. */
const DEEDS: Record<string, { label: string; act(context: CommandContext): Promise<void> }> = {
  pause: {
    label: "pause: take no new videos",
    act: ({ intake, request }) => intake.pause(request, false),
  },
  resume: { label: "resume: take videos again", act: ({ intake, request }) => intake.resume(request) },
  drain: {
    label: "drain: pause, and hear when nothing is under way",
    act: ({ intake, request }) => intake.pause(request, true),
  },
};

/** `/video admin`: how the bot is, what is under way, and whether new videos are taken; for whoever runs it. */
export const admin = defineCommand({
  name: "admin",
  description: "For whoever runs this bot: how it is, what is under way, pause and resume",
  permission: "operate",
  options: {
    do: {
      type: "choice",
      description: "What to look at or do; health if left open",
      choices: () => [
        { value: "health", label: "health: what it stands on" },
        { value: "queue", label: "queue: what is under way" },
        ...Object.entries(DEEDS).map(([value, { label }]) => ({ value, label })),
      ],
    },
  },
  run: (context, { do: what = "health" }) => show(context, what),
  press: show,
});

async function show(context: CommandContext, what: string): Promise<void> {
  const deed = Object.hasOwn(DEEDS, what) ? DEEDS[what] : undefined;
  if (!deed && !isView(what))
    throw new UserError("unknown_command", "This button is from another version of the bot.");
  await deed?.act(context);
  const view = isView(what) ? what : "queue";
  const pause = await context.intake.paused();
  const lines = view === "health" ? await healthLines(context) : await queueLines(context);
  await context.request.reply.page({
    title: VIEWS[view],
    lines: [pauseLine(pause), ...lines],
    rows: [],
    buttons: buttonsOf(view, pause),
  });
}

function isView(word: string): word is View {
  return Object.hasOwn(VIEWS, word);
}

function buttonsOf(view: View, pause: Pause | undefined): PageButton[] {
  const button = (label: string, argument: string, style: PageButton["style"] = "secondary") => ({
    ...{ label, style, argument },
    action: "admin",
  });
  return [
    button("Refresh", view, "primary"),
    view === "health" ? button("Queue", "queue") : button("Health", "health"),
    ...(pause ? [button("Resume", "resume")] : [button("Pause", "pause", "danger")]),
    ...(pause?.draining ? [] : [button("Drain", "drain", "danger")]),
  ];
}

function pauseLine(pause: Pause | undefined): Line {
  if (!pause) return [{ bold: "New videos are taken." }];
  const { at, by, draining, drainedAt } = pause;
  const who: Line = by ? [" by ", { person: by.id, name: by.name }, ` (${by.platform})`] : [];
  const state = !draining ? "Paused" : drainedAt === undefined ? "Draining" : "Drained";
  const then = drainedAt === undefined ? "" : `; nothing was under way any more at ${momentOf(drainedAt)}`;
  return [{ bold: `${state}: no new videos are taken` }, ` since ${momentOf(at)}`, ...who, `${then}.`];
}

async function healthLines({ operatorView, backend, now }: CommandContext): Promise<Line[]> {
  const { version, role, startedAt } = operatorView.process;
  const checks = await operatorView.health();
  return [
    ...checks.map(
      ({ name, trouble }): Line =>
        trouble
          ? [`${name}: `, { bold: trouble.says }, ` Since ${momentOf(trouble.since)}.`]
          : [`${name}: well`],
    ),
    ...backend.lines(),
    [`Showreel ${version}, role ${role}, up for ${roughly(now() - startedAt)}`],
  ];
}

async function queueLines({ operatorView, now }: CommandContext): Promise<Line[]> {
  const { active, byPhase, byPlatform, oldest, oldestWaiting, workWaiting, pace } =
    await operatorView.queue();
  const waiting = byPhase.posted ?? 0;
  const age = (at = now()) => roughly(now() - at);
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(" · ");
  return [
    [`Under way: ${active}${active > 0 ? ` (${list(byPhase)}), the oldest for ${age(oldest)}` : ""}`],
    ...(active > 0 ? [[`By platform: ${list(byPlatform)}`]] : []),
    [`Waiting for their turn: ${waiting}${waiting > 0 ? `, the first for ${age(oldestWaiting)}` : ""}`],
    [`Waiting for a worker: ${workWaiting}`],
    [`The backend: ${pace}`],
  ];
}
