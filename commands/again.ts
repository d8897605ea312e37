import { formOf } from "../src/chat/options.ts";
import { shorten } from "../src/chat/rich-text.ts";
import { UserError } from "../src/errors.ts";
import { isDeleted, isEnded } from "../src/jobs/job.ts";
import { PROMPT_MAX } from "../src/jobs/job-service.ts";
import { defineCommand } from "./command.ts";
import { create } from "./create.ts";

/** The Again button of an ended card: the create form, filled in as that video was asked for. */
export const again = defineCommand({
  name: "again",
  description: "Make a video like this one, with changes",
  options: {},
  button: {
    label: "Again with changes",
    style: "secondary",
    shows: (job) => job.phase === "delivered" || job.phase === "failed" || job.phase === "failing",
  },
  async press({ access, request, catalog }, jobId) {
    const job = await access.find(request, jobId);
    if (isDeleted(job)) throw new UserError("deleted", `Video ${job.id} was deleted with its prompt.`);
    if (!isEnded(job) && job.phase !== "failing")
      throw new UserError("not_ended", `Video ${job.id} is still being made.`);
    const { prompt, model, seconds, size, ...rest } = job.request;
    const hasPicture = rest.operation === "create" && rest.image !== undefined;
    const form = formOf(create, catalog, { prompt: shorten(prompt, PROMPT_MAX), model, seconds, size });
    await request.reply.form({
      ...form,
      title: "Again with changes",
      fields: form.fields.map((field) =>
        field.name === "image" && hasPicture
          ? { ...field, option: { ...field.option, description: "Left empty: the same picture as before" } }
          : field,
      ),
      hidden: hasPicture ? { from: job.id } : {},
    });
  },
});
