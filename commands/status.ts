import type { Line } from "../src/chat/rich-text.ts";
import { shorten } from "../src/chat/rich-text.ts";
import { explainFailure } from "../src/jobs/failure-words.ts";
import type { Job } from "../src/jobs/job.ts";
import { describeClip, titleOf } from "../src/jobs/job-card.ts";
import { defineCommand } from "./command.ts";

/** Most jobs that one answer lists. */
const LISTED_MAX = 15;

/** `/video status`: the requester's running jobs, or one job. */
export const status = defineCommand({
  name: "status",
  description: "See how your videos stand",
  options: {
    video: { type: "video", description: "One video's id; without it, all of yours that are not finished" },
  },
  async run({ jobs, request }, { video }) {
    if (video !== undefined) {
      const job = await jobs.find(request.destination, video);
      await request.reply.private({ tone: "info", lines: describeJob(job, jobs.link(job)) });
      return;
    }
    const running = await jobs.running(request.destination, request.actor.id);
    const lines = running.slice(0, LISTED_MAX).map((job) => jobLine(job, jobs.link(job)));
    const rest = running.length - lines.length;
    const empty: Line = ["Nothing of yours is being made. Start with ", { code: "/video create" }, "."];
    await request.reply.private({
      tone: "info",
      lines: lines.length === 0 ? [empty] : [...lines, ...(rest > 0 ? [[`and ${rest} more`]] : [])],
    });
  },
});

function jobLine(job: Job, link: string | undefined): Line {
  const progress = job.phase === "rendering" ? job.video?.progress : undefined;
  const state = progress === undefined ? titleOf(job) : `${titleOf(job)} ${progress} %`;
  const id = link === undefined ? { code: job.id } : { link, text: job.id };
  return [{ bold: state }, " · ", id, ` · ${shorten(job.request.prompt.replaceAll(/\s+/g, " "), 80)}`];
}

function describeJob(job: Job, link: string | undefined): Line[] {
  const parent: Line[] =
    job.request.operation === "remix" ? [["Remix of ", { code: job.request.parentJobId }]] : [];
  const words = job.failure && explainFailure(job.failure);
  return [
    jobLine(job, link),
    ["by ", { person: job.requester.id, name: job.requester.name }, ` · ${describeClip(job.request)}`],
    ...parent,
    ...(words ? [[{ bold: words.what }, ` ${words.advice}`]] : []),
  ];
}
