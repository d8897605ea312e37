import type { Job } from "../../src/jobs/job.ts";
import type { Platform } from "./platform.ts";
import type { StoreLook } from "./store-look.ts";

/** Where somebody asks: the person and the channel by their places in the platform's lists. */
export interface Place {
  person: number;
  channel: number;
}

/** `fail` is a video that fails at the backend. */
export type Wish = "create" | "fail" | "remix";

/** A video that somebody wants, asked for as often as it takes until the bot has written it down. */
export interface Ask {
  wish: Wish;
  /** A word that stands in its prompt and in no other. */
  word: string;
  from: Place;
  /** The job that is remixed. */
  parent?: string;
  /** The job that came of it. */
  jobId?: string;
}

/** What the backend is to draw. */
function promptOf({ wish, word }: Ask): string {
  return wish === "fail" ? `a ${word} [fail]` : `a ${word} on a lake`;
}

/** Whether a text names what was asked for. */
export function names(text: string, { word }: Pick<Ask, "word">): boolean {
  return new RegExp(`\\b${word}\\b`).test(text);
}

/** Notes which jobs have come of what was asked for, before a deletion takes the prompt; two for one is a fault. */
export function findJobs(asks: readonly Ask[], { jobs }: StoreLook): string[] {
  return asks.flatMap((ask) => {
    const found = jobs.filter(({ request }) => names(request.prompt, ask));
    const [job] = found;
    if (job) ask.jobId = job.id;
    return found.length > 1 ? [`${ask.word} became ${found.length} jobs`] : [];
  });
}

/** The job of a request. */
export function jobOf({ jobId }: Ask, { jobs }: StoreLook): Job | undefined {
  return jobs.find(({ id }) => id === jobId);
}

/** Asks the bot, as people do on that platform. */
export function send(platform: Platform, ask: Ask): void {
  const { from, parent } = ask;
  const prompt = promptOf(ask);
  if (parent === undefined) platform.command(from, "create", { prompt });
  else platform.command(from, "remix", { video: parent, prompt });
}
