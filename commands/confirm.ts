import { defineCommand } from "./command.ts";
import { splitPageArgument } from "./page-argument.ts";

/** The buttons below what a video will cost: make it, or leave it. */
export const confirm = defineCommand({
  name: "confirm",
  description: "Answer what a video will cost",
  options: {},
  async press({ jobs, request }, argument) {
    const { query: jobId, at: answer } = splitPageArgument(argument);
    if (answer === "yes") {
      await jobs.confirm(request, jobId);
      return;
    }
    await jobs.decline(request, jobId);
    await request.reply.page({
      title: "Cancelled",
      lines: [["Nothing was made, nothing was billed."]],
      rows: [],
      buttons: [],
    });
  },
});
