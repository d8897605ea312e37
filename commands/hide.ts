import { UserError } from "../src/errors.ts";
import { type CommandContext, defineCommand } from "./command.ts";
import { splitPageArgument } from "./page-argument.ts";
import { videoOption } from "./video-option.ts";

/** `/video hide` and its button on Details: moderators take a video out of the galleries, and put it back. */
export const hide = defineCommand({
  name: "hide",
  description: "Moderators: hide a video from the galleries, or show it again",
  options: {
    video: videoOption(),
  },
  async run(context, { video }) {
    const { unlisted } = await context.access.findFinished(context.request, video);
    await set(context, video, unlisted !== "hidden");
  },
  // The button says what is wanted: its page may be older than what somebody else has done.
  async press(context, argument) {
    const { query: jobId, at: wish } = splitPageArgument(argument);
    await set(context, jobId, wish !== "show");
  },
});

async function set({ removal, request }: CommandContext, jobId: string, hidden: boolean): Promise<void> {
  const job = await removal.hide(request, jobId, hidden);
  if (job.unlisted && job.unlisted !== "hidden")
    throw new UserError("message_gone", `The message of ${job.id} was deleted, so no gallery shows it.`);
  const words = job.unlisted
    ? `Video ${job.id} is hidden from every gallery. Its message stays.`
    : `Video ${job.id} is shown in the galleries again.`;
  await request.reply.private({ tone: "info", lines: [[words]] });
}
