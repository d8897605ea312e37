import type { Line } from "../src/chat/rich-text.ts";
import { factLines, headLines, jobLine } from "../src/jobs/job-facts.ts";
import { defineCommand } from "./command.ts";

/** Most jobs that one answer lists. */
const LISTED_MAX = 15;

/** `/video status`: the requester's running jobs, or one job, fresh from the backend. */
export const status = defineCommand({
  name: "status",
  description: "See how your videos stand",
  options: {
    video: {
      type: "video",
      of: "any",
      description: "One video's id; without it, all of yours that are not finished",
    },
  },
  async run({ access, lists, poller, store, request, now }, { video }) {
    if (video !== undefined) {
      const found = await access.find(request, video);
      const fresh = await poller.look(found);
      const job = (await store.get(found.id)) ?? found;
      const link = access.link(job);
      const lines = [
        ...headLines(job, now()),
        ...factLines(job, { now: now(), fresh }),
        ...(link === undefined ? [] : [[{ link, text: "Go to its message" }]]),
      ];
      return request.reply.private({ tone: "info", lines });
    }
    const running = await lists.running(request);
    const lines = running.slice(0, LISTED_MAX).map((job) => jobLine(job, access.link(job)));
    const rest = running.length - lines.length;
    const empty: Line = ["Nothing of yours is being made. Start with ", { code: "/video create" }, "."];
    await request.reply.private({
      tone: "info",
      lines: lines.length === 0 ? [empty] : [...lines, ...(rest > 0 ? [[`and ${rest} more`]] : [])],
    });
  },
});
