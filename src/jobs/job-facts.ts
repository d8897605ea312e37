import { fieldTitle } from "../chat/form.ts";
import { type Line, shorten } from "../chat/rich-text.ts";
import { ago, momentOf, roughly } from "../chat/times.ts";
import { formatUsd } from "../videos/prices.ts";
import type { Video } from "../videos/video.ts";
import { explainFailure } from "./failure-words.ts";
import { isDeleted, type Job } from "./job.ts";
import { describeClip, describeDuration, titleOf } from "./job-card.ts";

const PROMPT_MAX = 1_000;

/** A job in one line: state, id, prompt. */
export function jobLine(job: Job, link: string | undefined): Line {
  const progress = job.phase === "rendering" ? job.video?.progress : undefined;
  const state = progress === undefined ? titleOf(job) : `${titleOf(job)} ${progress} %`;
  const id = link === undefined ? { code: job.id } : { link, text: job.id };
  return [{ bold: state }, " · ", id, ` · ${shorten(job.request.prompt.replaceAll(/\s+/g, " "), 80)}`];
}

/** Prompt, requester and clip, as pages about a video begin; without the clip where the facts follow. */
export function headLines(job: Job, now: number, { clip = true }: { clip?: boolean } = {}): Line[] {
  const { requester, request, createdAt } = job;
  if (isDeleted(job)) return [["It was deleted."]];
  const made = clip ? ` · ${describeClip(request)}` : "";
  return [
    [`“${shorten(request.prompt, PROMPT_MAX)}”`],
    ["by ", { person: requester.id, name: requester.name }, `${made} · ${ago(createdAt, now)}`],
  ];
}

/**
 * All that somebody could want to know about a job, with what the backend says about its video right now: "gone" when
 * it does not know it, undefined when it was not asked or did not answer.
 */
export function factLines(job: Job, view: { now: number; fresh: Video | "gone" | undefined }): Line[] {
  const { fresh } = view;
  const video = fresh === "gone" || fresh === undefined ? undefined : fresh;
  const completedAt = video?.completedAt ?? job.video?.completedAt;
  const facts: [string, string | undefined][] = [
    ["State", stateOf(job)],
    ["Model", job.request.model],
    ["Length", job.request.seconds === "" ? undefined : `${job.request.seconds} s`],
    ["Size", job.request.size || undefined],
    ...extraFacts(job),
    ["Estimated cost", job.costUsd === undefined ? undefined : formatUsd(job.costUsd)],
    ["Created", momentOf(job.createdAt)],
    ["Completed", completedAt === undefined ? undefined : momentOf(completedAt)],
    ["At the video service", whereabouts(job, view)],
  ];
  const failure = job.failure && explainFailure(job.failure);
  return [
    ...facts.flatMap(([name, value]): Line[] => (value === undefined ? [] : [[{ bold: name }, ` ${value}`]])),
    ...(job.request.operation === "create"
      ? []
      : [[{ bold: "Made from" }, " ", { code: job.request.parentJobId }]]),
    ...(failure ? [[{ bold: failure.what }, ` ${failure.advice}`]] : []),
  ];
}

/** What was asked for besides. */
function extraFacts({ request }: Job): [string, string][] {
  const extras = request.operation === "create" ? (request.extras ?? {}) : {};
  return Object.entries(extras).map(([name, value]) => [
    fieldTitle(name),
    shorten(String(value), PROMPT_MAX),
  ]);
}

function stateOf(job: Job): string {
  const progress = job.phase === "rendering" ? job.video?.progress : undefined;
  return progress === undefined ? titleOf(job) : `${titleOf(job)} ${progress} %`;
}

/** What becomes of the video at the backend; what is here stays. */
function whereabouts(job: Job, { now, fresh }: { now: number; fresh: Video | "gone" | undefined }) {
  if (job.video === undefined) return undefined;
  if (fresh === "gone") return "no longer there";
  const expiresAt = fresh?.expiresAt ?? job.video.expiresAt;
  const silent = fresh === undefined ? " (no answer just now)" : "";
  if (expiresAt === undefined) return fresh ? "kept without a date" : `not known${silent}`;
  if (expiresAt <= now) return `expired ${ago(expiresAt, now)}${silent}`;
  return `expires in ${roughly(expiresAt - now)}${silent}`;
}

/** "1 m 05 s" after the request. */
export function tookLine({ createdAt, deliveredAt }: Job): Line[] {
  return deliveredAt === undefined
    ? []
    : [[{ bold: "Took" }, ` ${describeDuration(deliveredAt - createdAt)}`]];
}
