import type { PageButton } from "../src/chat/page.ts";
import type { Job } from "../src/jobs/job.ts";
import { type CommandContext, defineCommand } from "./command.ts";
import { splitPageArgument } from "./page-argument.ts";

/** The Star button of pages; a star reaction to the message does the same. */
export const star = defineCommand({
  name: "star",
  description: "Put a star to a video, or take it away",
  options: {},
  // The button says what is wanted: its page may be older than what its person has done since.
  async press({ access, stars, request }, argument) {
    const { query: jobId, at: wish } = splitPageArgument(argument);
    const job = await access.findFinished(request, jobId);
    const wanted = wish !== "off";
    const count = await stars.set({ channel: job.destination, id: job.id }, request.actor.id, wanted);
    const words = `${count} star${count === 1 ? "" : "s"}`;
    const lines = [[wanted ? `Your star is there: ${words}.` : `Your star is gone: ${words}.`]];
    await request.reply.private({ tone: "info", lines });
  },
});

/** The Star button as it is for whoever asks. */
export async function starButton({ stars, request }: CommandContext, job: Job): Promise<PageButton> {
  const starred = await stars.has(job.id, request.actor.id);
  return {
    label: starred ? "Take my star away" : "Star",
    style: "secondary",
    action: "star",
    argument: `${job.id}_${starred ? "off" : "on"}`,
  };
}
