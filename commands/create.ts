import { PROMPT_MAX } from "../src/jobs/job-service.ts";
import { allOf, describeSize, shapeOf } from "../src/videos/catalog.ts";
import { defineCommand } from "./command.ts";

/** `/video create`: makes a video from a prompt. */
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
    image: { type: "image", description: "A picture to start from: JPEG, PNG or WebP, of the clip's size" },
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
      description: "Its shape and resolution",
      choices: (catalog) =>
        allOf(catalog, "sizes").map((size) => ({
          value: size,
          label: describeSize(size),
          aliases: [shapeOf(size)],
        })),
      initial: (catalog) => catalog.defaults.size,
    },
  },
  async run({ jobs, request }, wanted) {
    await jobs.create(request, wanted);
  },
});
