import type { PageButton } from "../src/chat/page.ts";
import { type Line, shorten } from "../src/chat/rich-text.ts";
import { type FamilyNode, familyOf } from "../src/jobs/family.ts";
import { isDeleted, isFinished, type Job } from "../src/jobs/job.ts";
import { factLines, headLines, tookLine } from "../src/jobs/job-facts.ts";
import { type CommandContext, defineCommand } from "./command.ts";
import { starButton } from "./star.ts";
import { videoOption } from "./video-option.ts";

/** What a family takes of a page at most. */
const FAMILY_LINES = 20;

/** `/video info`, the Details button and "Video details": everything about a video, and its family. */
export const info = defineCommand({
  name: "info",
  description: "Everything about a video, and what it was made from",
  options: {
    video: videoOption("any"),
  },
  button: { label: "Details", style: "secondary", shows: (job) => job.phase === "delivered" },
  shortcut: { label: "Video details", on: "video" },
  press: show,
  run: (context, { video }) => show(context, video),
});

async function show(context: CommandContext, jobId: string): Promise<void> {
  const { access, poller, store, files, stars, request, now } = context;
  const found = await access.find(request, jobId);
  const fresh = await poller.look(found);
  const job = (await store.get(found.id)) ?? found;
  const thumbnail = job.spoiler ? undefined : await files.kept(job, "thumbnail");
  const count = await stars.count(job.id);
  const root = await familyOf(job, {
    jobs: store,
    maySee: access.shownTo(request),
    link: access.link,
  });
  const family = root.children.length > 0 ? [[{ bold: "Family" }], ...familyLines(root, job.id)] : [];
  await request.reply.page({
    title: `Video ${job.id}`,
    lines: [...factLines(job, { now: now(), fresh }), ...tookLine(job), ...starLine(count), ...family],
    rows: [
      {
        lines: headLines(job, now(), { clip: false }),
        ...(thumbnail && { picture: { file: thumbnail, altText: shorten(job.request.prompt, 300) } }),
        buttons: [],
      },
    ],
    buttons: await buttonsOf(context, job),
  });
}

function starLine(count: number): Line[] {
  return count === 0 ? [] : [[{ bold: "Stars" }, ` ${count}`]];
}

function familyLines(root: FamilyNode, self: string): Line[] {
  const lines: Line[] = [];
  let own: Line | undefined;
  const add = ({ id, link, operation, prompt, state, children }: FamilyNode, depth: number) => {
    const name = link === undefined ? { code: id } : { link, text: id };
    const how = operation === "create" ? "" : ` ${operation}`;
    const marked = id === self ? " (this one)" : "";
    const words = prompt === "" ? state : shorten(prompt.replaceAll(/\s+/gu, " "), 60);
    const line: Line = [
      `${"\u2003".repeat(depth)}${depth > 0 ? "└ " : ""}`,
      name,
      `${how}${marked} · ${words}`,
    ];
    lines.push(line);
    if (id === self) own = line;
    for (const child of children) add(child, depth + 1);
  };
  add(root, 0);
  if (lines.length <= FAMILY_LINES) return lines;
  const shown = lines.filter((line, at) => at < FAMILY_LINES || line === own);
  return [...shown, [`and ${lines.length - shown.length} more`]];
}

async function buttonsOf(context: CommandContext, job: Job): Promise<PageButton[]> {
  const { access, permissions, videos, request } = context;
  if (isDeleted(job)) return [];
  const link = access.link(job);
  const { actor, destination } = request;
  const button = (label: string, action: string, argument = job.id): PageButton => ({
    label,
    style: "secondary",
    action,
    argument,
  });
  const finished = isFinished(job);
  const hidable = finished && (job.unlisted === undefined || job.unlisted === "hidden");
  const mayHide = hidable && (await permissions.may("hide", actor, destination, job));
  const buttons: PageButton[] = [
    ...(finished ? [await starButton(context, job)] : []),
    ...(finished ? [button("Play", "play")] : []),
    ...(finished && videos.supports("edit") ? [button("Edit", "edit")] : []),
    ...(mayHide
      ? [
          job.unlisted
            ? button("Show in galleries", "hide", `${job.id}_show`)
            : button("Hide from galleries", "hide", `${job.id}_hide`),
        ]
      : []),
    ...(link === undefined ? [] : [{ label: "Go to message", style: "secondary", link } as const]),
  ];
  return buttons;
}
