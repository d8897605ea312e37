import { defineCommand } from "./command.ts";

/** The Retry button of a failed card: the same request again, as a job of whoever presses it. */
export const retry = defineCommand({
  name: "retry",
  description: "Make a failed video again",
  options: {},
  button: {
    label: "Retry",
    style: "secondary",
    shows: (job) => job.phase === "failed" || job.phase === "failing",
  },
  async press({ jobs, request }, jobId) {
    await jobs.retry(request, jobId);
  },
});
