import type { MediaFile } from "../src/chat/media-file.ts";
import { UserError } from "../src/errors.ts";
import type { Job } from "../src/jobs/job.ts";
import { VARIANT_NAMES, type VideoVariant } from "../src/videos/video.ts";
import { type CommandContext, defineCommand } from "./command.ts";
import { videoOption } from "./video-option.ts";

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
      choices: () => Object.entries(VARIANT_NAMES).map(([value, label]) => ({ value, label })),
      initial: () => "video",
    },
  },
  run: (context, { video, variant }) => send(context, video, isVariant(variant) ? variant : "video"),
});

function isVariant(word: string): word is VideoVariant {
  return Object.hasOwn(VARIANT_NAMES, word);
}

/** A button that gives one of the pictures. */
const pictureButton = (variant: "thumbnail" | "spritesheet", label: string) =>
  defineCommand({
    name: variant,
    description: `Get a video's ${VARIANT_NAMES[variant]}`,
    options: {},
    needs: variant,
    button: { label, style: "secondary", shows: (job) => job.phase === "delivered" },
    press: (context, jobId) => send(context, jobId, variant),
  });

/** The Thumbnail button. */
export const thumbnail = pictureButton("thumbnail", "Thumbnail");

/** The Sprite sheet button. */
export const spritesheet = pictureButton("spritesheet", "Sprite sheet");

async function send(context: CommandContext, jobId: string, variant: VideoVariant): Promise<void> {
  const { access, files, request } = context;
  const job = await access.findFinished(request, jobId);
  const file = await files.get(job, variant, request.uploadLimitBytes);
  checkSize(context, job, file);
  const lines = [[`The ${VARIANT_NAMES[variant]} of `, { code: job.id }]];
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
