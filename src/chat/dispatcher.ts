import type { Logger } from "pino";
import type { AnyCommand, Choice, CommandContext, Services } from "../../commands/command.ts";
import { ServiceError, UserError } from "../errors.ts";
import { isFinished } from "../jobs/job.ts";
import { inLogContext } from "../log-context.ts";
import type { Collection } from "../store/store.ts";
import type { Catalog } from "../videos/catalog.ts";
import type {
  ChatEvent,
  ChatHandler,
  ChatRequest,
  CompletionQuery,
  Invocation,
  RawValue,
} from "./adapter.ts";
import type { Notice } from "./card.ts";
import { parseCommandLine } from "./command-line.ts";
import type { Offer } from "./offer.ts";
import { formOf, type OpenLink, parseOptions } from "./options.ts";
import { shorten } from "./rich-text.ts";

interface Dependencies {
  offer: Offer;
  services: Services;
  catalog: Catalog;
  faults: CommandContext["faults"];
  openLink: OpenLink;
  /** Ids of requests that were taken, so that a platform's repeat does nothing. */
  seen: Collection<{ at: number }>;
  logger: Logger;
}

/** What every platform shows at most while a person types (Discord's limit is the smallest). */
const COMPLETIONS_MAX = 25;

/** Finds the command for a request, checks its options, runs it; the only place that turns errors into words. */
export function createDispatcher(dependencies: Dependencies): ChatHandler {
  const { offer, services, catalog, faults, openLink, seen, logger } = dependencies;
  const { lists, people, removal, stars, store, forgetting, settings, permissions, now } = services;

  function commandNamed(name: string): AnyCommand {
    const command = offer.commands().find((candidate) => candidate.name === name);
    if (command) return command;
    if (!offer.withheld().some((candidate) => candidate.name === name)) throw outdated();
    throw new UserError(
      "not_offered",
      `The video service that this bot uses cannot do that (${name}), so it is switched off.`,
    );
  }

  /** The same for somebody who may use it. @throws UserError */
  async function commandFor({ actor, destination }: ChatRequest, name: string): Promise<AnyCommand> {
    const command = commandNamed(name);
    if (command.permission) await permissions.require(command.permission, actor, destination);
    return command;
  }

  /** An entry stays in people's menus for a while after it is gone, and on Slack until the app is changed. */
  function withoutShortcut(name: string): UserError {
    const label = offer.declared.find((command) => command.name === name)?.shortcut?.label;
    if (label === undefined) return outdated();
    return new UserError(
      "not_offered",
      `None of the models that this bot has can do that (${label}), so it is switched off.`,
    );
  }

  async function run(
    command: AnyCommand,
    raw: Record<string, RawValue>,
    context: CommandContext,
  ): Promise<void> {
    if (!command.run) throw outdated();
    await command.run(context, parseOptions(command.options, raw, { catalog, openLink }));
  }

  async function invoke(invocation: Invocation, context: CommandContext): Promise<void> {
    const { request } = context;
    switch (invocation.kind) {
      case "button": {
        const { press } = await commandFor(request, invocation.action);
        if (!press) throw outdated();
        return press(context, invocation.argument);
      }
      case "shortcut":
        return pick(await commandFor(request, invocation.name), invocation, context);
      case "command":
        return run(await commandFor(request, invocation.name), invocation.values, context);
      case "text": {
        const { command, values } = parseCommandLine(invocation.text, offer.commands(), offer.withheld());
        if (values === undefined) {
          const { actor, destination, reply } = request;
          return reply.form(formOf(command, await settings.catalogFor(actor.id, destination)));
        }
        return run(await commandFor(request, command.name), values, context);
      }
    }
  }

  /** A command from a message's own menu: about the video in that message, or about its pictures. */
  async function pick(
    command: AnyCommand,
    { message, pictures }: Extract<Invocation, { kind: "shortcut" }>,
    context: CommandContext,
  ): Promise<void> {
    if (!command.shortcut) throw withoutShortcut(command.name);
    if (command.shortcut.on === "picture") {
      if (!command.pick) throw outdated();
      if (pictures.length === 0)
        throw new UserError("no_picture", "There is no picture in that message. Pick a message with one.");
      return command.pick(context, pictures);
    }
    const job = await store.byMessage(message);
    if (!job || !command.press)
      throw new UserError("no_video_there", "There is no video of mine in that message.");
    return command.press(context, job.id);
  }

  async function refuse(request: ChatRequest, error: unknown): Promise<void> {
    const where = { requestId: request.id, platform: request.destination.platform };
    if (error instanceof UserError) logger.info({ ...where, code: error.code }, "request refused");
    else logger.error({ ...where, err: error }, "request failed");
    try {
      await request.reply.private(inWords(error));
    } catch (err) {
      logger.warn({ ...where, err }, "the answer could not be sent");
    }
  }

  async function suggestPeople({ command, option, text, destination }: CompletionQuery) {
    const declared = commandNamed(command).options[option];
    const words = declared?.type === "person" ? (declared.words ?? []) : [];
    const fitting = words.filter(({ label }) => label.toLowerCase().includes(text.trim().toLowerCase()));
    const found = await people.suggest(text, destination);
    return [
      ...fitting.map(({ label, value }) => ({ name: label, value })),
      ...found.map(({ id, name }) => ({ name: shorten(name, 100), value: id })),
    ].slice(0, COMPLETIONS_MAX);
  }

  /** Of an option with too many choices to show them all: those that begin with what was typed come first. */
  function suggestChoices({ command, option, text }: CompletionQuery) {
    const declared = commandNamed(command).options[option];
    const wanted = text.trim().toLowerCase();
    const choices = declared?.type === "choice" ? declared.choices(catalog) : [];
    const place = ({ value, label, aliases = [] }: Choice) => {
      const places = [value, label, ...aliases].map((word) => word.toLowerCase().indexOf(wanted));
      return Math.min(...places.filter((at) => at >= 0));
    };
    return choices
      .filter((choice) => place(choice) < Number.POSITIVE_INFINITY)
      .sort((one, other) => Math.sign(place(one)) - Math.sign(place(other)))
      .map(({ value, label }) => ({ name: shorten(label, 100), value }))
      .slice(0, COMPLETIONS_MAX);
  }

  async function suggestVideos(query: CompletionQuery) {
    const declared = commandNamed(query.command).options[query.option];
    const kind = declared?.type === "video" ? declared.of : undefined;
    const found = await lists.suggest(query, query.text, COMPLETIONS_MAX, kind);
    return found.map(({ id, request }) => ({
      name: shorten(`${id} · ${request.prompt.replaceAll(/\s+/gu, " ")}`, 100),
      value: id,
    }));
  }

  async function take(event: ChatEvent): Promise<void> {
    switch (event.kind) {
      case "messages-deleted":
        return removal.messagesDeleted(event.messages);
      case "channel-deleted":
        await forgetting.channel(event.channel);
        return;
      case "star": {
        const job = await store.byMessage(event.message);
        if (job && isFinished(job))
          await stars.set({ channel: job.destination, id: job.id }, event.person, event.starred);
        return;
      }
      case "stars-cleared": {
        const job = await store.byMessage(event.message);
        if (job) await stars.clear({ channel: job.destination, id: job.id });
        return;
      }
      default:
        return forgetting.moved(event);
    }
  }

  return {
    handle(request) {
      const { platform } = request.destination;
      return inLogContext({ platform, requestId: request.id }, async () => {
        try {
          if (!(await seen.insert(`${platform}:${request.id}`, { at: now() }))) return;
          await invoke(request.invocation, { ...services, request, catalog, faults, offer });
        } catch (error) {
          await refuse(request, error);
        }
      });
    },

    async complete(query) {
      const { command, option } = query;
      try {
        const type = commandNamed(command).options[option]?.type;
        if (type === "choice") return suggestChoices(query);
        if (type === "person") return await suggestPeople(query);
        return type === "video" ? await suggestVideos(query) : [];
      } catch (err) {
        logger.warn({ err, command, option }, "completion failed");
        return [];
      }
    },

    async event(event) {
      try {
        await take(event);
      } catch (err) {
        logger.warn({ err, event: event.kind }, "an event could not be dealt with");
      }
    },
  };
}

function outdated(): UserError {
  return new UserError("unknown_command", "This button or command is from another version of the bot.");
}

/** Only what is meant for people is shown to them; the rest is in the log. */
function inWords(error: unknown): Notice {
  if (error instanceof UserError) {
    const { message, option } = error;
    return { tone: "error", lines: [[message]], ...(option !== undefined && { option }) };
  }
  if (error instanceof ServiceError && error.service === "store") {
    const words = error.retryable
      ? "The bot cannot use its store right now, so nothing was done. Try again in a while; nothing that was asked for is lost."
      : "What the bot kept of this cannot be read any more. Tell the person who runs it.";
    return { tone: "error", lines: [[words]] };
  }
  if (error instanceof ServiceError && error.retryable) {
    return {
      tone: "error",
      lines: [["That did not get through just now; try again in a moment."]],
    };
  }
  return { tone: "error", lines: [["That went wrong on our side; the log says more."]] };
}
