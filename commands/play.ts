import { shorten } from "../src/chat/rich-text.ts";
import { UserError } from "../src/errors.ts";
import { headLines } from "../src/jobs/job-facts.ts";
import { defineCommand } from "./command.ts";
import { splitPageArgument } from "./page-argument.ts";
import { starButton } from "./star.ts";

/** The Play button of galleries: the video, for the one who pressed alone. */
export const play = defineCommand({
  name: "play",
  description: "Play a video from the gallery",
  options: {},
  async press(context, argument) {
    const { access, files, request, now } = context;
    const { query: jobId, at: back = "all" } = splitPageArgument(argument);
    const job = await access.findFinished(request, jobId);
    const file = await files.kept(job, "video");
    const thumbnail = await files.kept(job, "thumbnail");
    const link = access.link(job);
    if (!file && link === undefined)
      throw new UserError("no_file", `Video ${job.id} is no longer kept, and its message is gone.`);
    const altText = shorten(`AI-generated video: ${job.request.prompt}`, 900);
    const picture = thumbnail && { file: thumbnail, altText };
    await request.reply.page({
      title: `Video ${job.id}`,
      lines: [
        ...headLines(job, now()),
        file
          ? ["AI-generated"]
          : ["AI-generated. The file is no longer kept here; its message may still play it."],
      ],
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
