import type { MediaFile } from "../src/chat/media-file.ts";
import { UserError } from "../src/errors.ts";
import type { Job } from "../src/jobs/job.ts";
import type { VideoVariant } from "../src/videos/video.ts";
import { type Button, type CommandContext, defineCommand } from "./command.ts";
import { videoOption } from "./video-option.ts";

const VARIANTS: Record<VideoVariant, string> = {
  video: "video",
  thumbnail: "thumbnail",
  spritesheet: "sprite sheet",
};

/** `/video download`: a video, its thumbnail or its sprite sheet, for the one who asks alone. */
export const download = defineCommand({
  name: "download",
  description: "Get a video's file, thumbnail or sprite sheet",
  options: {
    video: videoOption(),
    variant: {
      type: "choice",
      description: "What of it",
      required: true,
      choices: () => Object.entries(VARIANTS).map(([value, label]) => ({ value, label })),
      initial: () => "video",
    },
  },
  run: (context, { video, variant }) => send(context, video, isVariant(variant) ? variant : "video"),
});

function isVariant(word: string): word is VideoVariant {
  return Object.hasOwn(VARIANTS, word);
}

const shows: Button["shows"] = (job) => job.phase === "delivered";

/** The Thumbnail button. */
export const thumbnail = defineCommand({
  name: "thumbnail",
  description: "Get a video's thumbnail",
  options: {},
  needs: "thumbnail",
  button: { label: "Thumbnail", style: "secondary", shows },
  press: (context, jobId) => send(context, jobId, "thumbnail"),
});

/** The Sprite sheet button. */
export const spritesheet = defineCommand({
  name: "spritesheet",
  description: "Get a video's sprite sheet",
  options: {},
  needs: "spritesheet",
  button: { label: "Sprite sheet", style: "secondary", shows },
  press: (context, jobId) => send(context, jobId, "spritesheet"),
});

async function send(context: CommandContext, jobId: string, variant: VideoVariant): Promise<void> {
  const { access, files, request } = context;
  const job = await access.findFinished(request, jobId);
  const file = await files.get(job, variant);
  checkSize(context, job, file);
  const lines = [[`The ${VARIANTS[variant]} of `, { code: job.id }]];
  await request.reply.private({ tone: "info", lines, file });
}

/** What is too large to be sent stands in its message. */
function checkSize({ access, request }: CommandContext, job: Job, file: MediaFile): void {
  const limit = request.uploadLimitBytes;
  if (limit === undefined || file.bytes <= limit) return;
  const link = access.link(job);
  const where = link === undefined ? "" : ` It stands in its message: ${link}`;
  throw new UserError("too_large", `That file is too large to be sent here.${where}`);
}
