import { defineCommand } from "./command.ts";
import { videoOption } from "./video-option.ts";

/** `/video retry` and the Retry button of a failed card: the same request again, as a job of whoever asks. */
export const retry = defineCommand({
  name: "retry",
  description: "Make a video again, just as it was asked for",
  options: {
    video: videoOption("ended"),
  },
  button: {
    label: "Retry",
    style: "primary",
    shows: (job) => job.phase === "failed" || job.phase === "failing",
  },
  async press({ jobs, request }, jobId) {
    await jobs.retry(request, jobId);
  },
  async run({ jobs, request }, { video }) {
    await jobs.retry(request, video);
  },
});
