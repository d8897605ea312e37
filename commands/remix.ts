import { describeClip } from "../src/jobs/job-card.ts";
import { PROMPT_MAX } from "../src/jobs/job-service.ts";
import { defineCommand } from "./command.ts";

const prompt = {
  type: "text",
  description: "What should be different",
  required: true,
  maxLength: PROMPT_MAX,
} as const;

/** `/video remix` and the Remix button: makes a new video from a finished one. */
export const remix = defineCommand({
  name: "remix",
  description: "Make a new video from a finished one, with a changed prompt",
  options: {
    video: { type: "video", description: "The video's id, at the foot of its card", required: true },
    prompt,
  },
  button: { label: "Remix", style: "primary", shows: (job) => job.phase === "delivered" },
  async press({ jobs, request }, jobId) {
    const parent = await jobs.findFinished(request.destination, jobId);
    await request.reply.form({
      command: "remix",
      title: "Remix",
      submitLabel: "Remix",
      intro: [[`${describeClip(parent.request)}, as in the video it is made from`]],
      fields: [{ name: "prompt", option: prompt, initial: parent.request.prompt }],
      hidden: { video: parent.id },
    });
  },
  async run({ jobs, request }, { video, prompt: text }) {
    await jobs.remix(request, video, text);
  },
});
