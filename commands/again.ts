import { fieldTitle } from "../src/chat/form.ts";
import { formOf } from "../src/chat/options.ts";
import { shorten } from "../src/chat/rich-text.ts";
import { UserError } from "../src/errors.ts";
import { isDeleted, isEnded } from "../src/jobs/job.ts";
import { PROMPT_MAX } from "../src/jobs/request-checks.ts";
import { defineCommand } from "./command.ts";
import { create, offered } from "./create.ts";

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
  async press({ access, request, catalog, intake, offer }, jobId) {
    const job = await access.find(request, jobId);
    if (isDeleted(job)) throw new UserError("deleted", `Video ${job.id} was deleted with its prompt.`);
    if (!isEnded(job) && job.phase !== "failing")
      throw new UserError("not_ended", `Video ${job.id} is still being made.`);
    // Before somebody fills it in for nothing.
    await intake.requireOpen();
    const { prompt, model, seconds, size, ...rest } = job.request;
    const hasPicture = rest.operation === "create" && rest.image !== undefined;
    const extras = Object.entries((rest.operation === "create" && rest.extras) || {});
    const form = formOf(offered(offer, create), catalog, {
      prompt: shorten(prompt, PROMPT_MAX),
      model,
      seconds,
      size,
    });
    // What models have besides goes on as it was: the smallest form has no room for it.
    const own = form.fields.filter(({ name }) => Object.hasOwn(create.options, name));
    await request.reply.form({
      ...form,
      title: "Again with changes",
      intro: extras.map(([name, value]) => [
        `${fieldTitle(name)}: ${shorten(String(value), 100)}, as before`,
      ]),
      fields: own.map((field) =>
        field.name === "image" && hasPicture
          ? { ...field, option: { ...field.option, description: "Left empty: the same picture as before" } }
          : field,
      ),
      hidden: hasPicture || extras.length > 0 ? { from: job.id } : {},
    });
  },
});
