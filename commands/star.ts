import { defineCommand } from "./command.ts";

/** The Star button of pages; a star reaction to the message does the same. */
export const star = defineCommand({
  name: "star",
  description: "Put a star to a video, or take it away",
  options: {},
  async press({ access, stars, request }, jobId) {
    const job = await access.findFinished(request, jobId);
    const wanted = !(await stars.has(job.id, request.actor.id));
    const count = await stars.set({ channel: job.destination, id: job.id }, request.actor.id, wanted);
    const words = `${count} star${count === 1 ? "" : "s"}`;
    const lines = [[wanted ? `Your star is there: ${words}.` : `Your star is gone: ${words}.`]];
    await request.reply.private({ tone: "info", lines });
  },
});
