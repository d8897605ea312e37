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

/** Most videos that a family shows, and most children of one of them that are looked at. */
const FAMILY_MAX = 60;
/** Most generations that are followed to the first video. */
const GENERATIONS_MAX = 40;

/**
 * The whole family of a video: from its first forebear down. Videos that `maySee` refuses, and those whose documents
 * are gone, are left out with what came of them; in a large family the video itself and its forebears go first.
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
  /** The video and its forebears, the first one first. */
  const line = [job];
  for (let [first = job] = line; line.length < GENERATIONS_MAX && first.request.operation !== "create"; ) {
    const parent = await jobs.get(first.request.parentJobId);
    if (!parent || !(await maySee(parent))) break;
    line.unshift(parent);
    first = parent;
  }
  let left = FAMILY_MAX - line.length;

  async function childrenOf(member: Job): Promise<FamilyNode[]> {
    const generation = line.indexOf(member);
    const heir = generation < 0 ? undefined : line[generation + 1];
    const ids = member.remixes.slice(0, FAMILY_MAX);
    const children = await jobs.getMany(ids);
    const nodes: FamilyNode[] = [];
    for (const child of children) {
      if (child.id === heir?.id) nodes.push(await nodeOf(heir));
      else if (left > 0 && (await maySee(child))) {
        left--;
        nodes.push(await nodeOf(child));
      }
    }
    if (heir && !ids.includes(heir.id)) nodes.push(await nodeOf(heir));
    return nodes;
  }

  async function nodeOf(member: Job): Promise<FamilyNode> {
    const { id, request } = member;
    return {
      id,
      prompt: request.prompt,
      operation: request.operation,
      state: titleOf(member),
      link: isDeleted(member) ? undefined : link(member),
      children: await childrenOf(member),
    };
  }

  const [first = job] = line;
  return nodeOf(first);
}
