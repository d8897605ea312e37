import type { PageButton, PageRow } from "../src/chat/page.ts";
import { type Line, shorten } from "../src/chat/rich-text.ts";
import { ago } from "../src/chat/times.ts";
import type { GalleryEntry, GalleryQuery } from "../src/gallery/gallery.ts";
import { isFinished } from "../src/jobs/job.ts";
import { modelChoices } from "./clip-choices.ts";
import { type CommandContext, defineCommand } from "./command.ts";
import { pageExpired, splitPageArgument } from "./page-argument.ts";

/** What the smallest platform can show, with pictures and two buttons each. */
const PAGE_SIZE = 5;
const PROMPT_MAX = 200;
const SEARCH_MAX = 100;

const SORTS = { newest: "newest first", oldest: "oldest first", stars: "most stars first" };

/** `/video gallery`: the channel's finished videos, with pictures. */
export const gallery = defineCommand({
  name: "gallery",
  description: "Look through this channel's videos",
  options: {
    search: { type: "text", description: "Words of the prompt", maxLength: SEARCH_MAX },
    by: { type: "person", description: "Whose; everybody's if left open" },
    model: {
      type: "choice",
      description: "Made with which model",
      choices: modelChoices,
    },
    sort: {
      type: "choice",
      description: "Which come first",
      choices: () => Object.entries(SORTS).map(([value, label]) => ({ value, label })),
    },
  },
  async run(context, { search, by, model, sort }) {
    const person = by === undefined ? undefined : await context.people.resolve(by, context.request);
    await show(context, { search, by: person?.id, model, sort }, undefined);
  },
  async press(context, argument) {
    const { query, at } = splitPageArgument(argument);
    const values = await context.queries.read(query);
    if (!values) throw pageExpired("gallery");
    await show(context, values, at);
  },
});

type Values = { [K in keyof GalleryQuery]?: string | undefined };

async function show(context: CommandContext, values: Values, at: string | undefined): Promise<void> {
  const { gallery: galleries, links, queries, request } = context;
  const { destination } = request;
  const query = queryOf(values);
  const place = { limit: PAGE_SIZE, ...(at !== undefined && { at }) };
  const { entries, total, next, previous } = await galleries.page(destination, query, place);
  const web = await links.create(destination);
  const key = await queries.keep(values);
  const turn = (label: string, cursor: string | undefined): PageButton[] =>
    cursor === undefined
      ? []
      : [{ label, style: "secondary", action: "gallery", argument: `${key}_${cursor}` }];
  await request.reply.page({
    title: "Gallery",
    lines: headLines(query, total),
    rows: await rowsOf(context, entries, at === undefined ? key : `${key}_${at}`),
    buttons: [
      ...turn("Back", previous),
      ...turn("More", next),
      ...(web ? [{ label: "Open in the browser", style: "secondary", link: web.url } as const] : []),
    ],
  });
}

function queryOf({ by, search, model, sort }: Values): GalleryQuery {
  return {
    ...(by !== undefined && { by }),
    ...(search !== undefined && { search }),
    ...(model !== undefined && { model }),
    ...(isSort(sort) && { sort }),
  };
}

function isSort(word: string | undefined): word is keyof typeof SORTS {
  return word !== undefined && Object.hasOwn(SORTS, word);
}

function headLines({ search, by, model, sort = "newest" }: GalleryQuery, total: number): Line[] {
  const searched = search === undefined ? "" : ` for “${shorten(search, 60)}”`;
  if (total === 0) {
    if (search !== undefined || by !== undefined || model !== undefined)
      return [[`No videos${searched} here that fit.`]];
    return [["No videos here yet. Make one with ", { code: "/video create" }, "."]];
  }
  return [[`${total} video${total === 1 ? "" : "s"}${searched}, ${SORTS[sort]}`]];
}

/** @param back what a button carries that leads back here. */
async function rowsOf(
  context: CommandContext,
  entries: readonly GalleryEntry[],
  back: string,
): Promise<PageRow[]> {
  const { access, files, store, now } = context;
  const jobs = new Map((await store.getMany(entries.map(({ id }) => id))).map((job) => [job.id, job]));
  return Promise.all(
    entries.map(async ({ id, at, person, prompt, model, seconds, stars }) => {
      const job = jobs.get(id);
      const link = job && access.link(job);
      const thumbnail = job && !job.spoiler ? await files.kept(job, "thumbnail") : undefined;
      const starred = stars === 0 ? "" : ` · ★ ${stars}`;
      const name = shorten(prompt.replaceAll(/\s+/gu, " "), PROMPT_MAX);
      return {
        lines: [
          [{ bold: name }],
          [
            { person: person.id, name: person.name },
            ` · ${model} · ${seconds} s · ${ago(at, now())}${starred}`,
          ],
          [link === undefined ? { code: id } : { link, text: "Go to message" }],
        ],
        ...(thumbnail && { picture: { file: thumbnail, altText: name } }),
        buttons:
          job && isFinished(job)
            ? [
                { label: "Play", style: "secondary", action: "play", argument: `${id}_${back}` },
                { label: "Remix", style: "primary", action: "remix", argument: id },
              ]
            : [],
      } satisfies PageRow;
    }),
  );
}
