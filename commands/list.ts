import type { PageButton } from "../src/chat/page.ts";
import { jobLine } from "../src/jobs/job-facts.ts";
import type { ListQuery, ListState } from "../src/jobs/job-lists.ts";
import { type CommandContext, defineCommand } from "./command.ts";
import { pageExpired, splitPageArgument } from "./page-argument.ts";

const PAGE_SIZE = 10;

const STATES: Record<ListState, string> = { running: "running", done: "finished", failed: "failed" };

/** `/video list`: the videos one may see, page by page. */
export const list = defineCommand({
  name: "list",
  description: "Look through videos: yours, somebody's, the channel's",
  options: {
    state: {
      type: "choice",
      description: "Only those that stand so",
      choices: () => Object.entries(STATES).map(([value, label]) => ({ value, label })),
    },
    order: {
      type: "choice",
      description: "Which come first",
      choices: () => [
        { value: "newest", label: "newest first", aliases: ["desc"] },
        { value: "oldest", label: "oldest first", aliases: ["asc"] },
      ],
    },
    by: {
      type: "person",
      description: "Whose; yours if left open",
      words: [
        { value: "everyone", label: "everyone in this channel" },
        { value: "server", label: "everyone in this server (moderators)" },
      ],
    },
  },
  async run(context, { state, order, by }) {
    const { people, request } = context;
    const whom = await whose(by, (text) => people.resolve(text, request));
    await show(context, { state, order, by: whom }, undefined);
  },
  async press(context, argument) {
    const { query, at } = splitPageArgument(argument);
    const values = await context.queries.read(query);
    if (!values) throw pageExpired("list");
    await show(context, values, at);
  },
});

/** A person's id, or one of the two words. */
async function whose(
  by: string | undefined,
  resolve: (text: string) => Promise<{ id: string }>,
): Promise<string | undefined> {
  const word = by?.trim().toLowerCase();
  if (word === undefined || word === "everyone" || word === "server") return word;
  return (await resolve(by ?? "")).id;
}

async function show(
  { lists, access, queries, request }: CommandContext,
  values: { state?: string | undefined; order?: string | undefined; by?: string | undefined },
  at: string | undefined,
): Promise<void> {
  const query = queryOf(values, request.actor.id);
  const { jobs, next, previous } = await lists.page(request, query, { limit: PAGE_SIZE, at });
  const key = await queries.keep(values);
  const button = (label: string, cursor: string | undefined): PageButton[] =>
    cursor === undefined ? [] : [{ label, style: "secondary", action: "list", argument: `${key}_${cursor}` }];
  const newest = query.order !== "oldest";
  await request.reply.page({
    title: "Videos",
    lines: jobs.length === 0 ? [["There are none."]] : jobs.map((job) => jobLine(job, access.link(job))),
    rows: [],
    buttons: [...button(newest ? "Newer" : "Older", previous), ...button(newest ? "Older" : "Newer", next)],
  });
}

function queryOf(
  { state, order, by }: { state?: string | undefined; order?: string | undefined; by?: string | undefined },
  me: string,
): ListQuery {
  return {
    by: by === "server" ? "server" : by === "everyone" ? "channel" : { person: by ?? me },
    ...(isState(state) && { state }),
    order: order === "oldest" ? "oldest" : "newest",
  };
}

function isState(word: string | undefined): word is ListState {
  return word !== undefined && Object.hasOwn(STATES, word);
}
