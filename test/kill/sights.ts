import type { Job } from "../../src/jobs/job.ts";
import { finishedButtons } from "../fixtures/buttons.ts";
import type { Platform, Shown } from "./platform.ts";
import { type Ask, names } from "./requests.ts";

/** A request and what came of it at last. */
export interface Result {
  ask: Ask;
  job: Job;
  /** How often the process was killed while nobody could know whether the card was out. */
  cardsLost: number;
}

/** What people see wrongly: too much, too little, or not as it should be. */
export function sightFaults(platform: Platform, results: readonly Result[]): string[] {
  const all = platform.shown();
  const explained = new Set<Shown>();
  const faults = results.flatMap((result) => {
    const { job, ask } = result;
    const { message } = job.destination;
    const own = all.filter((one) => names(one.text, ask) || (message !== undefined && one.id === message));
    const replies = all.filter(({ replyTo }) => replyTo !== undefined && replyTo === message);
    for (const one of [...own, ...replies]) explained.add(one);
    const found = [
      ...cardFaults(result, own),
      ...spareFaults(result, platform),
      ...(job.phase === "delivered" ? videoFaults(result, own, replies) : []),
      ...(job.phase !== "delivered" && own.some(({ videos }) => videos > 0) ? ["a video is shown"] : []),
    ];
    return found.map((fault) => `${ask.word} (${job.id}, ${job.phase}): ${fault}`);
  });
  const strange = all.filter((one) => !explained.has(one));
  return [...faults, ...strange.map((one) => `an unexplained message: ${JSON.stringify(one)}`)];
}

/** Cards too many; only Slack, which takes no key for a message, may show any. */
export function spareCards({ shown }: Platform, { ask, job }: Result): Shown[] {
  const known = [job.destination.message, job.result?.message];
  return shown().filter(({ text, videos, id }) => names(text, ask) && videos === 0 && !known.includes(id));
}

function spareFaults(result: Result, platform: Platform): string[] {
  const spare = spareCards(platform, result);
  const allowed = platform.name === "slack" ? result.cardsLost : 0;
  return spare.length > allowed ? [`${spare.length} messages too many: ${JSON.stringify(spare)}`] : [];
}

function cardFaults({ job, ask }: Result, own: readonly Shown[]): string[] {
  const card = own.find(({ id }) => id === job.destination.message);
  if (!card) return ["its card is not there"];
  const ends = { delivered: "Done in", failed: "Failed", deleted: "Deleted" };
  const [, says] = Object.entries(ends).find(([phase]) => phase === job.phase) ?? [];
  return [
    ...(says === undefined || !card.text.includes(says) ? [`its card says ${card.text}`] : []),
    ...(job.phase === "deleted" && names(card.text, ask) ? ["its prompt is still shown"] : []),
  ];
}

function videoFaults({ job }: Result, own: readonly Shown[], replies: readonly Shown[]): string[] {
  const messages = own.filter(({ videos }) => videos > 0);
  const [message, ...others] = messages;
  if (!message || others.length > 0) return [`${messages.length} messages have its video`];
  const notified = [...own, ...replies].flatMap(({ notified }) => notified);
  return [
    ...(message.id !== job.result?.message ? ["its video stands elsewhere than is written down"] : []),
    ...(message.videos !== 1 ? [`its message has ${message.videos} videos`] : []),
    ...(message.buttons.join() !== finishedButtons.join() ? [`its buttons are ${message.buttons}`] : []),
    ...(replies.length > 1 ? [`${replies.length} words about it`] : []),
    ...(notified.some((id) => id !== job.requester.id) ? ["somebody else was notified"] : []),
    ...(notified.length > 1 ? [`the requester was notified ${notified.length} times`] : []),
  ];
}
