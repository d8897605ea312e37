import type { Card, CardButton, CardProgress } from "../chat/card.ts";
import { type Line, shorten } from "../chat/rich-text.ts";
import { describeSize } from "../videos/catalog.ts";
import { explainFailure } from "./failure-words.ts";
import { isEnded, type Job } from "./job.ts";

/** A button as its command declares it. */
export interface JobButton extends Omit<CardButton, "jobId"> {
  shows(job: Job): boolean;
}

/** What a card shows besides its job. */
export interface JobView {
  now: number;
  /** How long such a clip usually takes here, where that is known (ms). */
  typicalMs: number | undefined;
  /** Where the video it was made from can be seen. */
  parentLink: string | undefined;
  /** Where the finished video stands, when that is another message than the card. */
  resultLink: string | undefined;
  simulated: boolean;
  buttons: readonly JobButton[];
}

/** Longest prompt on a card, in characters; the whole one is in the job. */
const PROMPT_MAX = 600;
const ALT_TEXT_MAX = 900;

/** Shows a job: pure, the same job and view give the same card. */
export function renderJob(job: Job, view: JobView): Card {
  const progress = progressOf(job, view);
  return {
    jobId: job.id,
    revision: job.revision,
    kind: isEnded(job) || job.phase === "failing" ? "final" : "progress",
    tone: job.phase === "delivered" ? "good" : job.failure ? "bad" : "neutral",
    title: titleOf(job),
    prompt: shorten(job.request.prompt, PROMPT_MAX),
    lines: [settingsLine(job), ...parentLine(job, view), ...failureLines(job), ...resultLines(job, view)],
    ...(progress && { progress }),
    ...frameOf(job),
    footnote: footnoteOf(job, view),
    ...(job.phase === "delivered" && {
      altText: shorten(`AI-generated video: ${job.request.prompt}`, ALT_TEXT_MAX),
    }),
    buttons: view.buttons
      .filter((button) => button.shows(job))
      .map(({ action, label, style }) => ({ action, label, style, jobId: job.id })),
  };
}

/** "1 m 05 s" */
function describeDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} m`;
}

/** "sora-2 · 4 s · portrait 720x1280" */
export function describeClip(clip: { model: string; seconds: string; size: string }): string {
  return `${clip.model} · ${clip.seconds} s · ${describeSize(clip.size)}`;
}

/** The state in a word or two. */
export function titleOf(job: Job): string {
  switch (job.phase) {
    case "delivered":
      return `Done in ${describeDuration((job.deliveredAt ?? job.updatedAt) - job.createdAt)}`;
    case "failing":
    case "failed":
      return "Failed";
    case "downloading":
    case "delivering":
      return "Uploading";
    case "rendering":
      return job.video?.status === "queued" ? "Queued" : "Rendering";
    default:
      return "Queued";
  }
}

function settingsLine(job: Job): Line {
  const { requester, request } = job;
  const inherited = request.operation === "remix" ? " (inherited)" : "";
  const image = request.operation === "create" && request.image ? " · from a picture" : "";
  return [
    "by ",
    { person: requester.id, name: requester.name },
    ` · ${describeClip(request)}${inherited}${image}`,
  ];
}

function parentLine(job: Job, view: JobView): Line[] {
  if (job.request.operation !== "remix") return [];
  const { parentJobId } = job.request;
  return [
    ["Remix of ", view.parentLink ? { link: view.parentLink, text: parentJobId } : { code: parentJobId }],
  ];
}

function failureLines(job: Job): Line[] {
  if (!job.failure) return [];
  const { what, advice, quote } = explainFailure(job.failure);
  return [[{ bold: what }, ` ${advice}`], ...(quote === undefined ? [] : [[`“${shorten(quote, 300)}”`]])];
}

function resultLines(job: Job, view: JobView): Line[] {
  const count = job.remixes.length;
  return [
    ...(view.resultLink ? [[{ link: view.resultLink, text: "See the video" }]] : []),
    ...(count > 0 ? [[`Remixed ${count === 1 ? "once" : `${count} times`}`]] : []),
  ];
}

function progressOf(job: Job, view: JobView): CardProgress | undefined {
  if (isEnded(job) || job.phase === "failing") return undefined;
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

function frameOf({ request }: Job): Pick<Card, "frame"> {
  const [width, height] = request.size.split("x").map(Number);
  return width && height ? { frame: { width, height } } : {};
}

function footnoteOf(job: Job, view: JobView): Line {
  const made = job.phase === "delivered" ? [" · AI-generated"] : [];
  return ["Job ", { code: job.id }, ...made, ...(view.simulated ? [" · simulated"] : [])];
}
