import { type CommandContext, defineCommand } from "./command.ts";

/** `/video hide` and its button on Details: moderators take a video out of the galleries, and put it back. */
export const hide = defineCommand({
  name: "hide",
  description: "Moderators: hide a video from the galleries, or show it again",
  options: {
    video: { type: "video", description: "The video's id, at the foot of its card", required: true },
  },
  run: (context, { video }) => toggle(context, video),
  press: toggle,
});

async function toggle({ removal, access, request }: CommandContext, jobId: string): Promise<void> {
  const { unlisted } = await access.findFinished(request, jobId);
  const job = await removal.hide(request, jobId, unlisted !== "hidden");
  const words =
    job.unlisted === "hidden"
      ? `Video ${job.id} is hidden from every gallery. Its message stays.`
      : `Video ${job.id} is shown in the galleries again.`;
  await request.reply.private({ tone: "info", lines: [[words]] });
}
