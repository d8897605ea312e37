import type { Job } from "./job.ts";
import { isDeleted } from "./job.ts";
import { titleOf } from "./job-card.ts";
import type { JobStore } from "./job-store.ts";

/** A video with what was made from it. */
export interface FamilyNode {
  id: string;
  prompt: string;
  /** How it came from its parent: "remix", "edit", "extend"; "create" for the first. */
  operation: string;
  /** A word or two of state, as on its card. */
  state: string;
  /** Where it can be seen in the chat. */
  link: string | undefined;
  children: FamilyNode[];
}

/** Most videos that a family shows. */
const FAMILY_MAX = 60;
/** Most generations that are followed to the first video. */
const GENERATIONS_MAX = 40;

/**
 * The whole family of a video: from its first forebear down. Videos that `maySee` refuses, and those whose documents
 * are gone, are left out with what came of them.
 */
export async function familyOf(
  job: Job,
  options: {
    jobs: Pick<JobStore, "get" | "getMany">;
    maySee: (job: Job) => Promise<boolean>;
    link: (job: Job) => string | undefined;
  },
): Promise<FamilyNode> {
  const { jobs, maySee, link } = options;
  let left = FAMILY_MAX;

  async function firstOf(start: Job): Promise<Job> {
    let first = start;
    for (let n = 0; n < GENERATIONS_MAX && first.request.operation !== "create"; n++) {
      const parent = await jobs.get(first.request.parentJobId);
      if (!parent || !(await maySee(parent))) break;
      first = parent;
    }
    return first;
  }

  async function nodeOf(member: Job): Promise<FamilyNode> {
    const children: FamilyNode[] = [];
    for (const child of await jobs.getMany(member.remixes)) {
      if (left <= 0) break;
      if (!(await maySee(child))) continue;
      left--;
      children.push(await nodeOf(child));
    }
    const { id, request } = member;
    return {
      id,
      prompt: request.prompt,
      operation: request.operation,
      state: titleOf(member),
      link: isDeleted(member) ? undefined : link(member),
      children,
    };
  }

  return nodeOf(await firstOf(job));
}
