import type { Card, CardButton, CardProgress } from "../chat/card.ts";
import { type Line, shorten } from "../chat/rich-text.ts";
import { type ClipSettings, describeSize } from "../videos/catalog.ts";
import type { ClipExtras } from "../videos/extras.ts";
import { formatUsd } from "../videos/prices.ts";
import { explainFailure } from "./failure-words.ts";
import { type Derivation, isDeleted, isEnded, type Job, type Phase } from "./job.ts";

/** A button as its command declares it. */
export interface JobButton extends Omit<CardButton, "argument"> {
  shows(job: Job): boolean;
}

/** What a card shows besides its job. */
export interface JobView {
  now: number;
  /** How long such a clip usually takes here, where that is known (ms). */
  typicalMs: number | undefined;
  /** Where the video it was made from can be seen. */
  parentLink: string | undefined;
  /** The newest `CHILDREN_MAX` of what was made from it, with where each can be seen. */
  children: readonly { id: string; link: string | undefined }[];
  /** Where the finished video stands, when that is another message than the card. */
  resultLink: string | undefined;
  simulated: boolean;
  /** What people know its model by. */
  modelLabel: string;
  /** What it waits for while it is posted: "Waiting, 3rd of 7"; undefined when it does not wait. */
  waiting: string | undefined;
  /** The backend does not answer. */
  away: boolean;
  /** The page that plays it, where there is one; asked for what is too large to be uploaded alone. */
  playerLink: string | undefined;
  buttons: readonly JobButton[];
}

/** Longest prompt on a card, in characters; the whole one is in the job. */
const PROMPT_MAX = 600;
const ALT_TEXT_MAX = 900;
/** Longest text of an extra, such as a negative prompt. */
const EXTRA_MAX = 80;
/** Links to what was made from a video; `/video info` shows all. */
export const CHILDREN_MAX = 3;

/** Shows a job: pure, the same job and view give the same card. */
export function renderJob(job: Job, view: JobView): Card {
  const progress = progressOf(job, view);
  return {
    jobId: job.id,
    revision: job.revision,
    kind: isOver(job) ? "final" : "progress",
    tone: job.phase === "delivered" ? "good" : job.failure ? "bad" : "neutral",
    title: (job.phase === "posted" && view.waiting) || stateOf(job, view),
    prompt: isDeleted(job) ? "" : shorten(job.request.prompt, PROMPT_MAX),
    lines: isDeleted(job)
      ? [deletionLine(job)]
      : [settingsLine(job, view), ...parentLine(job, view), ...failureLines(job), ...resultLines(job, view)],
    ...(progress && { progress }),
    ...frameOf(job),
    footnote: footnoteOf(job, view),
    ...(job.phase === "delivered" && {
      altText: shorten(`AI-generated video: ${job.request.prompt}`, ALT_TEXT_MAX),
    }),
    ...(job.spoiler && { spoiler: true }),
    buttons: view.buttons
      .filter((button) => button.shows(job))
      .map(({ action, label, style }) => ({ action, label, style, argument: job.id })),
  };
}

/** "1 m 05 s" */
export function describeDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} m`;
}

/** "48 MB" */
function describeBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${Math.round(bytes / 1e6)} MB`;
}

/** "sora-2 · 4 s · portrait 720x1280"; without what the backend decides. */
export function describeClip({ model, seconds, size }: ClipSettings, label = model): string {
  const length = seconds === "" ? [] : [`${seconds} s`];
  return [label, ...length, ...(size === "" ? [] : [describeSize(size)])].join(" · ");
}

/** The state in a word or two. */
export function titleOf(job: Job): string {
  switch (job.phase) {
    case "delivered":
      return `Done in ${describeDuration((job.deliveredAt ?? job.updatedAt) - job.createdAt)}`;
    case "failing":
    case "failed":
      return "Failed";
    case "deleting":
    case "deleted":
      return job.deletion?.cancelled ? "Cancelled" : "Deleted";
    case "downloading":
    case "delivering":
      return "Uploading";
    case "rendering":
      return job.video?.status === "queued" ? "Queued" : "Rendering";
    default:
      return "Queued";
  }
}

/** Phases in which a job waits for the backend. */
const AT_BACKEND: readonly Phase[] = ["creating", "rendering", "downloading"];

function stateOf(job: Job, { away }: JobView): string {
  const waits = away && AT_BACKEND.includes(job.phase);
  return waits ? `${titleOf(job)}, but the video service is not answering; still trying` : titleOf(job);
}

function settingsLine(job: Job, { modelLabel }: JobView): Line {
  const { requester, request, costUsd } = job;
  const inherited = request.operation === "create" ? "" : " (inherited)";
  const image = request.operation === "create" && request.image ? " · from a picture" : "";
  const extras = request.operation === "create" ? describeExtras(request.extras) : "";
  const cost = costUsd === undefined ? "" : ` · about ${formatUsd(costUsd)}`;
  return [
    "by ",
    { person: requester.id, name: requester.name },
    ` · ${describeClip(request, modelLabel)}${inherited}${image}${extras}${cost}`,
  ];
}

/** " · seed 5"; long texts are not shown. */
function describeExtras(extras: ClipExtras = {}): string {
  return Object.entries(extras)
    .map(([name, value]) => ` · ${name.replaceAll("_", " ")} ${shorten(String(value), EXTRA_MAX)}`)
    .join("");
}

const KINSHIP: Record<Derivation, string> = { remix: "Remix", edit: "Edit", extend: "Extension" };

function parentLine(job: Job, view: JobView): Line[] {
  if (job.request.operation === "create") return [];
  const { operation, parentJobId, addSeconds } = job.request;
  const added = addSeconds === undefined ? "" : ` by ${addSeconds} s`;
  const parent = view.parentLink ? { link: view.parentLink, text: parentJobId } : { code: parentJobId };
  return [[`${KINSHIP[operation]}${added} of `, parent]];
}

function deletionLine({ deletion }: Job): Line {
  const { by, cancelled = false } = deletion ?? {};
  const words = cancelled ? "Stopped" : "Deleted";
  return by ? [`${words} by `, { person: by.id, name: by.name }] : [`${words}.`];
}

function failureLines(job: Job): Line[] {
  if (!job.failure) return [];
  const { what, advice, quote } = explainFailure(job.failure);
  return [[{ bold: what }, ` ${advice}`], ...(quote === undefined ? [] : [[`“${shorten(quote, 300)}”`]])];
}

function resultLines(job: Job, view: JobView): Line[] {
  return [
    ...movedLine(job),
    ...largeLine(job, view),
    ...(view.resultLink ? [[{ link: view.resultLink, text: "See the video" }]] : []),
    ...childrenLine(job, view),
  ];
}

/** Why somebody has it in their direct messages. */
function movedLine({ moved }: Job): Line[] {
  if (!moved) return [];
  const why =
    moved.why === "gone" ? "Its message was deleted" : "The bot cannot post in its channel any more";
  return [[`${why}, so it comes to you alone.`]];
}

function largeLine({ shownAs, media }: Job, { playerLink }: JobView): Line[] {
  if (shownAs === undefined || !media) return [];
  const large = `The video is too large to be uploaded here (${describeBytes(media.video.bytes)}).`;
  return playerLink === undefined
    ? [[`${large} It is kept, and whoever runs this bot can hand it out.`]]
    : [[`${large} `, { link: playerLink, text: "Watch it on its page" }]];
}

/** How often it was taken up, and the newest of what came of it. */
function childrenLine({ remixes }: Job, { children }: JobView): Line[] {
  const count = remixes.length;
  if (count === 0) return [];
  const times = `Remixed ${count === 1 ? "once" : `${count} times`}`;
  const shown = children.flatMap(({ id, link }) => {
    return link === undefined ? [] : [", ", { link, text: id }];
  });
  return [shown.length === 0 ? [times] : [times, ": ", ...shown.slice(1)]];
}

function progressOf(job: Job, view: JobView): CardProgress | undefined {
  if (isOver(job)) return undefined;
  if (job.phase === "posted" && view.waiting) return undefined;
  const elapsedMs = view.now - job.createdAt;
  const percent = job.phase === "downloading" || job.phase === "delivering" ? 100 : job.video?.progress;
  // The first few percent say little about the rest.
  const left =
    percent && percent >= 10
      ? (elapsedMs * (100 - percent)) / percent
      : view.typicalMs && view.typicalMs - elapsedMs;
  const estimate = left !== undefined && left >= 1000 ? `, about ${describeDuration(left)} left` : "";
  return { percent, label: `${describeDuration(elapsedMs)} so far${estimate}` };
}

/** Whether a card shows an end, or is about to: nothing of it is progress. */
export function isOver(job: Job): boolean {
  return isEnded(job) || job.phase === "failing" || job.phase === "deleting";
}

function frameOf({ request }: Job): Pick<Card, "frame"> {
  const [width, height] = request.size.split("x").map(Number);
  return width && height ? { frame: { width, height } } : {};
}

function footnoteOf(job: Job, view: JobView): Line {
  const small = job.media?.fitted && job.shownAs === undefined ? " · encoded anew to fit" : "";
  const made = job.phase === "delivered" ? [` · AI-generated${small}`] : [];
  return ["Job ", { code: job.id }, ...made, ...(view.simulated ? [" · simulated"] : [])];
}
