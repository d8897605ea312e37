import type { JobKind } from "../src/jobs/job-lists.ts";

/** The option that names a video; `of` says which ones it is completed from, finished ones if nothing is said. */
export const videoOption = <const K extends JobKind>(of?: K) =>
  ({
    type: "video",
    description: "The video's id, at the foot of its card",
    required: true,
    ...(of !== undefined && { of }),
  }) as const;
