import { DIRECT_MESSAGES } from "../src/chat/adapter.ts";
import type { PageButton } from "../src/chat/page.ts";
import type { Line } from "../src/chat/rich-text.ts";
import { momentOf } from "../src/chat/times.ts";
import { UserError } from "../src/errors.ts";
import type { Action } from "../src/jobs/permissions.ts";
import { sumOf, type Totals } from "../src/spending/account.ts";
import { LIMIT_WORDS } from "../src/spending/limit-words.ts";
import type { UsageOf, UsageReport } from "../src/spending/spending.ts";
import { type Catalog, labelOf } from "../src/videos/catalog.ts";
import { formatUsd } from "../src/videos/prices.ts";
import { type CommandContext, defineCommand } from "./command.ts";
import { requireServer } from "./in-server.ts";

/** Whose use can be looked at: as it is picked, as its page is called, and what one needs for it. */
const VIEWS: Record<UsageOf, { label: string; title: string; needs?: Action }> = {
  mine: { label: "mine", title: "What you have used" },
  channel: { label: "this channel's", title: "What this channel has used" },
  server: {
    label: "this server's (moderators)",
    title: "What this server has used",
    needs: "see-server-usage",
  },
  bot: { label: "the whole bot's (operators)", title: "What the whole bot has used", needs: "see-bot-usage" },
};

const BUTTONS: Record<UsageOf, string> = {
  mine: "Mine",
  channel: "This channel",
  server: "This server",
  bot: "The whole bot",
};

/** How many models a page names for a day and a month. */
const MODELS_SHOWN = 8;

/** `/video usage`: what was used today and this month, and what is left of the limits. */
export const usage = defineCommand({
  name: "usage",
  description: "What you used today and this month, and what is left of your limits",
  options: {
    of: {
      type: "choice",
      description: "Whose; yours if left open",
      choices: () => Object.entries(VIEWS).map(([value, { label }]) => ({ value, label })),
    },
  },
  run: (context, { of = "mine" }) => show(context, of),
  press: show,
});

async function show(context: CommandContext, of: string): Promise<void> {
  if (!isView(of)) throw new UserError("unknown_command", "This button is from another version of the bot.");
  const { request, spending, permissions, catalog } = context;
  const { actor, destination } = request;
  const { title, needs } = VIEWS[of];
  if (of === "server") requireServer(destination);
  if (needs) await permissions.require(needs, actor, destination);
  const report = await spending.usage(of, request);
  await request.reply.page({
    title,
    lines: [
      ...periodLines("Today", report.day, report.dayEnds, catalog),
      ...periodLines("This month", report.month, report.monthEnds, catalog),
      [{ bold: "Being made right now" }, `: ${countOf(report.running, "video")}`],
      [{ bold: "Limits" }],
      ...limitLines(report, context.now()),
    ],
    rows: [],
    buttons: await switches(context, of),
  });
}

function isView(word: string): word is UsageOf {
  return Object.hasOwn(VIEWS, word);
}

/** A button to each other page that somebody may see there. */
async function switches({ request, permissions }: CommandContext, current: UsageOf): Promise<PageButton[]> {
  const { actor, destination } = request;
  const buttons: PageButton[] = [];
  for (const [of, label] of Object.entries(BUTTONS)) {
    if (!isView(of) || of === current) continue;
    const { needs } = VIEWS[of];
    const isThere = of !== "server" || destination.workspace !== DIRECT_MESSAGES;
    if (isThere && (!needs || (await permissions.may(needs, actor, destination))))
      buttons.push({ label, style: "secondary", action: "usage", argument: of });
  }
  return buttons;
}

const countOf = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

function periodLines(name: string, models: Record<string, Totals>, ends: number, catalog: Catalog): Line[] {
  const unpriced = (id: string, { microUsd }: Totals) =>
    microUsd === 0 && catalog.models.find((model) => model.id === id)?.usdPerSecond === undefined;
  const used = Object.entries(models).toSorted(([, a], [, b]) => b.videos - a.videos);
  const without = used.filter(([id, totals]) => unpriced(id, totals)).length;
  const head: Line = [{ bold: name }, `, until ${momentOf(ends)}: `];
  if (used.length === 0) return [[...head, "nothing"]];
  const cost = (totals: Totals, known: boolean) =>
    known ? `about ${formatUsd(totals.microUsd / 1e6)}` : "price not known";
  const said = (totals: Totals, known: boolean) =>
    `${countOf(totals.videos, "video")} · ${Number((totals.milliseconds / 1000).toFixed(1))} s · ${cost(totals, known)}`;
  const rest = without > 0 && without < used.length ? ", without the models whose price is not known" : "";
  const hidden = used.length - MODELS_SHOWN;
  return [
    [...head, said(sumOf(models), without < used.length), rest],
    ...used
      .slice(0, MODELS_SHOWN)
      .map(
        ([id, totals]): Line => [
          `\u2003${labelOf(catalog, id) || "the video service's own model"}: ${said(totals, !unpriced(id, totals))}`,
        ],
      ),
    ...(hidden > 0 ? [[`\u2003and ${countOf(hidden, "more model")}`]] : []),
  ];
}

function limitLines({ limits }: UsageReport, now: number): Line[] {
  if (limits.length === 0) return [["none"]];
  return limits.map(({ kind, limit, max, used, frees }) => {
    const { name, write } = LIMIT_WORDS[limit];
    const where = kind === "member" ? "in this server, " : "";
    if (limit === "cooldownSeconds") {
      const waitS = Math.max(0, Math.ceil(((frees ?? now) - now) / 1000));
      const next = waitS === 0 ? "the next one is taken now" : `the next one is taken in ${waitS} s`;
      return [`${where}${name}: ${write(max)}, ${next}`];
    }
    const left = Math.max(0, max - used);
    const until = frees === undefined ? "" : ` until ${momentOf(frees)}`;
    return [
      `${where}${name}: ${write(used)} of ${write(max)} used, `,
      { bold: `${write(left)} left` },
      until,
    ];
  });
}
