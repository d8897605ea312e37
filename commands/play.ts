import { shorten } from "../src/chat/rich-text.ts";
import { UserError } from "../src/errors.ts";
import { headLines } from "../src/jobs/job-facts.ts";
import { defineCommand } from "./command.ts";
import { splitPageArgument } from "./page-argument.ts";
import { starButton } from "./star.ts";

/** Why a video cannot be played here. */
const WITHOUT = {
  large: ". It is too large to be sent here; the web gallery plays it.",
  gone: ". The file is no longer kept here; its message may still play it.",
};

/** The Play button of galleries: the video, for the one who pressed alone. */
export const play = defineCommand({
  name: "play",
  description: "Play a video from the gallery",
  options: {},
  async press(context, argument) {
    const { access, files, request, now } = context;
    const { query: jobId, at: back = "all" } = splitPageArgument(argument);
    const job = await access.findFinished(request, jobId);
    const limit = request.uploadLimitBytes;
    const kept = await files.kept(job, "video", limit);
    const file = kept && kept.bytes <= (limit ?? kept.bytes) ? kept : undefined;
    const thumbnail = await files.kept(job, "thumbnail", limit);
    const link = access.link(job);
    if (!kept && link === undefined)
      throw new UserError("no_file", `Video ${job.id} is no longer kept, and its message is gone.`);
    const altText = shorten(`AI-generated video: ${job.request.prompt}`, 900);
    const picture = thumbnail && { file: thumbnail, altText };
    await request.reply.page({
      title: `Video ${job.id}`,
      lines: [...headLines(job, now()), [`AI-generated${file ? "" : WITHOUT[kept ? "large" : "gone"]}`]],
      rows: [],
      ...(file && {
        video: {
          file,
          altText,
          spoiler: job.spoiler ?? false,
          ...(picture && { picture }),
          ...(link !== undefined && { link }),
        },
      }),
      buttons: [
        { label: "Back to the gallery", style: "secondary", action: "gallery", argument: back },
        { label: "Remix", style: "primary", action: "remix", argument: job.id },
        await starButton(context, job),
        ...(link === undefined ? [] : [{ label: "Go to message", style: "secondary", link } as const]),
      ],
    });
  },
});
