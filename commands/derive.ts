import type { FormField } from "../src/chat/form.ts";
import { UserError } from "../src/errors.ts";
import type { Derivation, Job } from "../src/jobs/job.ts";
import { describeClip } from "../src/jobs/job-card.ts";
import { PROMPT_MAX } from "../src/jobs/request-checks.ts";
import { EXTEND_STEPS, extendSteps, labelOf } from "../src/videos/catalog.ts";
import type { AnyCommand, CommandContext, Option } from "./command.ts";
import { defineCommand } from "./command.ts";
import { videoOption } from "./video-option.ts";

const video = videoOption();

/** Says what is to be made from a video. */
const promptOption = (description: string) =>
  ({ type: "text", description, required: true, maxLength: PROMPT_MAX }) as const;

const stepOption = {
  type: "choice",
  description: "How much longer it gets; 120 seconds in all at most",
  choices: () => EXTEND_STEPS.map((value) => ({ value, label: `+${value} seconds`, aliases: [`+${value}`] })),
  initial: () => EXTEND_STEPS[0] ?? "4",
} as const;

/** The form that everything made from a video begins with. */
async function openForm(
  { access, catalog, intake, request }: CommandContext,
  jobId: string,
  form: { command: Derivation; title: string; fields: (parent: Job) => FormField[] },
): Promise<void> {
  const parent = await access.findFinished(request, jobId);
  // Before somebody fills it in for nothing.
  await intake.requireOpen();
  await request.reply.form({
    command: form.command,
    title: form.title,
    submitLabel: form.title,
    intro: [
      [
        `${describeClip(parent.request, labelOf(catalog, parent.request.model))}, as in the video it is made from`,
      ],
    ],
    fields: form.fields(parent),
    hidden: { video: parent.id },
  });
}

const remixPrompt = promptOption("What should be different");

/** `/video remix`, the Remix button and "Remix this video": a new video from a finished one. */
export const remix: AnyCommand = defineCommand({
  name: "remix",
  description: "Make a new video from a finished one, with a changed prompt",
  options: { video, prompt: remixPrompt },
  needs: "remix",
  button: { label: "Remix", style: "primary", shows: (job) => job.phase === "delivered" },
  shortcut: { label: "Remix this video", on: "video" },
  press: (context, jobId) =>
    openForm(context, jobId, {
      command: "remix",
      title: "Remix",
      fields: ({ request }) => [{ name: "prompt", option: remixPrompt, initial: request.prompt }],
    }),
  async run({ jobs, request }, values) {
    await jobs.derive(request, { operation: "remix", parentJobId: values.video, prompt: values.prompt });
  },
});

const editPrompt = promptOption("What to change in it");

/** `/video edit`: the same video with a change. */
export const edit: AnyCommand = defineCommand({
  name: "edit",
  description: "Change something in a finished video",
  options: { video, prompt: editPrompt },
  needs: "edit",
  press: (context, jobId) =>
    openForm(context, jobId, {
      command: "edit",
      title: "Edit",
      fields: () => [{ name: "prompt", option: editPrompt }],
    }),
  async run({ jobs, request }, values) {
    await jobs.derive(request, { operation: "edit", parentJobId: values.video, prompt: values.prompt });
  },
});

const extendPrompt = promptOption("What happens next");

/** `/video extend` and the Extend button: a video that goes on after another one. */
export const extend: AnyCommand = defineCommand({
  name: "extend",
  description: "Let a finished video go on, up to 120 seconds in all",
  options: { video, prompt: extendPrompt, seconds: stepOption },
  needs: "extend",
  button: {
    label: "Extend",
    style: "secondary",
    shows: (job) => job.phase === "delivered" && extendSteps(job.request.seconds).length > 0,
  },
  press: (context, jobId) =>
    openForm(context, jobId, {
      command: "extend",
      title: "Extend",
      fields: ({ id, request }) => [
        { name: "prompt", option: extendPrompt },
        { name: "seconds", option: stepsThatFit(id, request.seconds), initial: stepOption.initial() },
      ],
    }),
  async run({ jobs, request }, { seconds = stepOption.initial(), ...values }) {
    const wanted = { parentJobId: values.video, prompt: values.prompt, addSeconds: seconds };
    await jobs.derive(request, { operation: "extend", ...wanted });
  },
});

function stepsThatFit(jobId: string, seconds: string): Option {
  const steps = extendSteps(seconds);
  if (steps.length === 0)
    throw new UserError("too_long", `Video ${jobId} has ${seconds} seconds, and 120 is the most.`);
  return { ...stepOption, choices: () => stepOption.choices().filter(({ value }) => steps.includes(value)) };
}
