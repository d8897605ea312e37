import { formOf } from "../src/chat/options.ts";
import { UserError } from "../src/errors.ts";
import { PROMPT_MAX } from "../src/jobs/job-service.ts";
import { allOf, describeSize, shapeOf } from "../src/videos/catalog.ts";
import { type CommandContext, defineCommand } from "./command.ts";

const DRAFT = /^draft-/;

/** `/video create`: makes a video from a prompt; "Animate this picture" does so from a picture in a message. */
export const create = defineCommand({
  name: "create",
  description: "Make a video from a prompt",
  options: {
    prompt: {
      type: "text",
      description: "What the video should show",
      required: true,
      maxLength: PROMPT_MAX,
    },
    image: { type: "image", description: "A picture to start from: JPEG, PNG or WebP" },
    model: {
      type: "choice",
      description: "Which model makes it",
      choices: (catalog) => catalog.models.map(({ id }) => ({ value: id, label: id })),
      initial: (catalog) => catalog.defaults.model,
    },
    seconds: {
      type: "choice",
      description: "How long it plays",
      choices: (catalog) =>
        allOf(catalog, "seconds").map((seconds) => ({
          value: seconds,
          label: `${seconds} seconds`,
          aliases: [`${seconds}s`],
        })),
      initial: (catalog) => catalog.defaults.seconds,
    },
    size: {
      type: "choice",
      description: "Its shape; left open: the nearest to the picture, else the default",
      choices: (catalog) =>
        allOf(catalog, "sizes").map((size) => ({
          value: size,
          label: describeSize(size),
          aliases: [shapeOf(size)],
        })),
    },
    // Where the picture comes from when none is attached: a draft, or another job.
    from: { type: "hidden", description: "An earlier picture" },
  },
  shortcut: { label: "Animate this picture", on: "picture" },

  async pick({ request, settings, drafts }, [picture]) {
    const { actor, destination } = request;
    const from = picture && (await drafts.keep(destination.platform, actor.id, picture));
    if (from === undefined) throw pictureGone();
    const form = formOf(create, await settings.catalogFor(actor.id, destination));
    await request.reply.form({
      ...form,
      title: "Animate this picture",
      fields: form.fields.filter(({ name }) => name !== "image"),
      hidden: { from },
    });
  },

  async run(context, { from, image, ...wanted }) {
    const { jobs, request } = context;
    if (from === undefined || image) await jobs.create(request, { ...wanted, image });
    else if (DRAFT.test(from)) await jobs.create(request, { ...wanted, image: await draft(context, from) });
    else await jobs.create(request, { ...wanted, like: from });
  },
});

async function draft({ request, drafts }: CommandContext, id: string) {
  const picture = await drafts.open(request.destination.platform, request.actor.id, id);
  if (!picture) throw pictureGone();
  return picture;
}

function pictureGone(): UserError {
  return new UserError("picture_gone", "That picture can no longer be opened. Attach it to /video create.");
}
