import type { Offer } from "../src/chat/offer.ts";
import { formOf } from "../src/chat/options.ts";
import { UserError } from "../src/errors.ts";
import { PROMPT_MAX } from "../src/jobs/request-checks.ts";
import {
  haveLengths,
  haveSizes,
  lengthChoices,
  modelChoices,
  sizeChoices,
  takePictures,
} from "./clip-choices.ts";
import { type AnyCommand, type CommandContext, defineCommand } from "./command.ts";
import { extraOptions } from "./extra-options.ts";

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
    image: {
      type: "image",
      description: "A picture to start from: JPEG, PNG or WebP",
      offered: takePictures,
    },
    model: {
      type: "choice",
      description: "Which model makes it",
      choices: modelChoices,
      initial: (catalog) => catalog.defaults.model,
    },
    seconds: {
      type: "choice",
      description: "How long it plays",
      offered: haveLengths,
      choices: lengthChoices,
      initial: (catalog) => catalog.defaults.seconds,
    },
    size: {
      type: "choice",
      description: "Its shape; left open: the nearest to the picture, else the default",
      offered: haveSizes,
      choices: sizeChoices,
    },
    // Where the picture comes from when none is attached: a draft, or another job.
    from: { type: "hidden", description: "An earlier picture" },
  },
  modelOptions: extraOptions,
  shortcut: { label: "Animate this picture", on: "picture", offered: takePictures },

  async pick({ request, settings, drafts, offer }, [picture]) {
    const { actor, destination } = request;
    const from = picture && (await drafts.keep(destination.platform, actor.id, picture));
    if (from === undefined) throw pictureGone();
    const form = formOf(offered(offer, create), await settings.catalogFor(actor.id, destination));
    await request.reply.form({
      ...form,
      title: "Animate this picture",
      fields: form.fields.filter(({ name }) => name !== "image"),
      hidden: { from },
    });
  },

  async run(context, { from, image, ...wanted }, extras = {}) {
    const { jobs, request } = context;
    const asked = { ...wanted, extras };
    if (from === undefined) await jobs.create(request, { ...asked, image });
    else if (!DRAFT.test(from)) await jobs.create(request, { ...asked, image, like: from });
    else await jobs.create(request, { ...asked, image: image ?? (await draft(context, from)) });
  },
});

/** A command with the options that it has now. */
export function offered(offer: Offer, command: AnyCommand): AnyCommand {
  return offer.commands().find(({ name }) => name === command.name) ?? command;
}

async function draft({ request, drafts }: CommandContext, id: string) {
  const picture = await drafts.open(request.destination.platform, request.actor.id, id);
  if (!picture) throw pictureGone();
  return picture;
}

function pictureGone(): UserError {
  return new UserError("picture_gone", "That picture can no longer be opened. Attach it to /video create.");
}
