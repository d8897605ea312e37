import type { Offer } from "../src/chat/offer.ts";
import { formOf } from "../src/chat/options.ts";
import { UserError } from "../src/errors.ts";
import { PROMPT_MAX } from "../src/jobs/job-service.ts";
import { allOf, type Catalog, describeSize, type ModelExtra, shapeOf } from "../src/videos/catalog.ts";
import { type AnyCommand, type CommandContext, defineCommand, type Option, type Options } from "./command.ts";

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
      offered: ({ models }) => models.some(({ image }) => image),
    },
    model: {
      type: "choice",
      description: "Which model makes it",
      choices: (catalog) => catalog.models.map(({ id, label }) => ({ value: id, label, aliases: [id] })),
      initial: (catalog) => catalog.defaults.model,
    },
    seconds: {
      type: "choice",
      description: "How long it plays",
      offered: (catalog) => allOf(catalog, "seconds").length > 0,
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
      offered: (catalog) => allOf(catalog, "sizes").length > 0,
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
  modelOptions: extraOptions,
  shortcut: { label: "Animate this picture", on: "picture" },

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
export function offered(offer: Offer, { name, ...command }: AnyCommand): AnyCommand {
  return offer.commands().find((candidate) => candidate.name === name) ?? { name, ...command };
}

/** The extras of all models, each once; where several models have one of the same name, the first one's is shown. */
function extraOptions({ models }: Catalog): Options {
  const all = models.flatMap(({ extras }) => extras);
  const names = [...new Set(all.map(({ name }) => name))];
  return Object.fromEntries(
    names.flatMap((name) => {
      const [extra, ...others] = all.filter((candidate) => candidate.name === name);
      return extra ? [[name, optionOf(extra, others)] as const] : [];
    }),
  );
}

/** A number in the widest bounds that any model has: which one is chosen is not known yet. */
function optionOf(extra: ModelExtra, others: readonly ModelExtra[]): Option {
  const { description } = extra;
  switch (extra.type) {
    case "choice":
      return {
        type: "choice",
        description,
        choices: () => extra.choices.map((value) => ({ value, label: value })),
      };
    case "text":
      return { type: "text", description, maxLength: extra.maxLength };
    case "number": {
      const all = [extra, ...others.filter((other) => other.type === "number")];
      const [lows, highs] = [all.map(({ min }) => min), all.map(({ max }) => max)];
      const known = (bounds: (number | undefined)[]) => bounds.filter((bound) => bound !== undefined);
      return {
        type: "number",
        description,
        ...(known(lows).length === all.length && { min: Math.min(...known(lows)) }),
        ...(known(highs).length === all.length && { max: Math.max(...known(highs)) }),
        ...(all.every(({ integer }) => integer) && { integer: true }),
      };
    }
  }
}

async function draft({ request, drafts }: CommandContext, id: string) {
  const picture = await drafts.open(request.destination.platform, request.actor.id, id);
  if (!picture) throw pictureGone();
  return picture;
}

function pictureGone(): UserError {
  return new UserError("picture_gone", "That picture can no longer be opened. Attach it to /video create.");
}
