import type { Line } from "../src/chat/rich-text.ts";
import { isDeleted, type Job } from "../src/jobs/job.ts";
import { headLines } from "../src/jobs/job-facts.ts";
import { type CommandContext, defineCommand } from "./command.ts";
import { splitPageArgument } from "./page-argument.ts";
import { videoOption } from "./video-option.ts";

/** `/video delete` and the Delete button: asks first, then removes a video everywhere. */
export const remove = defineCommand({
  name: "delete",
  description: "Delete a video, or stop one that is being made",
  options: {
    video: videoOption("any"),
  },
  button: {
    label: "Delete",
    style: "danger",
    // From the first card on: a press that comes in the wrong moment is told so.
    shows: (job) => !isDeleted(job),
  },
  run: (context, { video }) => ask(context, video),
  async press(context, argument) {
    const { query: jobId, at: answer } = splitPageArgument(argument);
    if (answer !== "sure") return ask(context, jobId);
    const job = await context.removal.delete(context.request, jobId);
    const { reply } = context.request;
    await reply.page({ title: "Deleted", lines: [[doneWords(job)]], rows: [], buttons: [] });
  },
});

async function ask(context: CommandContext, jobId: string): Promise<void> {
  const { removal, request, videos, now } = context;
  const job = await removal.check(request, jobId);
  const { reply } = request;
  if (isDeleted(job)) {
    return reply.page({ title: "Deleted", lines: [["It is deleted already."]], rows: [], buttons: [] });
  }
  const unfinished = !["delivered", "failed"].includes(job.phase);
  const lines: Line[] = unfinished
    ? [["It is stopped if the video service can do that. What was billed for it until now stays billed."]]
    : goesLines(job, videos.supports("delete"));
  await reply.page({
    title: unfinished ? "Stop this video?" : "Delete this video?",
    lines: [...headLines(job, now()), ...lines],
    rows: [],
    buttons: [
      {
        label: unfinished ? "Stop it" : "Delete it",
        style: "danger",
        action: "delete",
        argument: `${job.id}_sure`,
      },
    ],
  });
}

/** What goes, and what cannot be brought back. */
function goesLines(job: Job, backendDeletes: boolean): Line[] {
  const gone = [
    ...(backendDeletes && job.video ? ["the video at the video service"] : []),
    "the files and the prompt kept here",
    "the video in its message, of which a note stays that it was deleted",
  ];
  return [
    [{ bold: "This goes:" }, ` ${gone.join("; ")}.`],
    ["Nobody can bring it back. What was made from it stays."],
  ];
}

function doneWords({ id, deletion }: Job): string {
  return deletion?.cancelled ? `Video ${id} was stopped.` : `Video ${id} is deleted.`;
}
