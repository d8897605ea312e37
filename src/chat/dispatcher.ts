import type { Logger } from "pino";
import type { AnyCommand, CommandContext } from "../../commands/command.ts";
import { ServiceError, UserError } from "../errors.ts";
import type { JobService } from "../jobs/job-service.ts";
import type { Collection } from "../store/store.ts";
import type { Catalog } from "../videos/catalog.ts";
import type { ChatHandler, ChatRequest, CompletionQuery, Invocation, RawValue } from "./adapter.ts";
import type { Notice } from "./card.ts";
import { parseCommandLine } from "./command-line.ts";
import { formOf, parseOptions } from "./options.ts";
import { shorten } from "./rich-text.ts";

interface Dependencies {
  commands: readonly AnyCommand[];
  jobs: JobService;
  catalog: Catalog;
  operatorIds: readonly string[];
  faults: CommandContext["faults"];
  /** Ids of requests that were taken, so that a platform's repeat does nothing. */
  seen: Collection<{ at: number }>;
  now: () => number;
  logger: Logger;
}

/** What every platform shows at most while a person types (Discord's limit is the smallest). */
const COMPLETIONS_MAX = 25;

/** Finds the command for a request, checks its options, runs it; the only place that turns errors into words. */
export function createDispatcher(dependencies: Dependencies): ChatHandler {
  const { commands, jobs, catalog, operatorIds, faults, seen, now, logger } = dependencies;

  function commandNamed(name: string): AnyCommand {
    const command = commands.find((candidate) => candidate.name === name);
    if (!command) throw outdated();
    return command;
  }

  async function run(
    command: AnyCommand,
    raw: Record<string, RawValue>,
    context: CommandContext,
  ): Promise<void> {
    if (!command.run) throw outdated();
    await command.run(context, parseOptions(command.options, raw, catalog));
  }

  async function invoke(invocation: Invocation, context: CommandContext): Promise<void> {
    if (invocation.kind === "button") {
      const { press } = commandNamed(invocation.action);
      if (!press) throw outdated();
      return press(context, invocation.jobId);
    }
    if (invocation.kind === "command") return run(commandNamed(invocation.name), invocation.values, context);
    const { command, values } = parseCommandLine(invocation.text, commands);
    if (values === undefined) return context.request.reply.form(formOf(command, catalog));
    return run(command, values, context);
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

  return {
    async handle(request) {
      try {
        if (!(await seen.insert(`${request.destination.platform}:${request.id}`, { at: now() }))) return;
        const operator = operatorIds.includes(request.actor.id);
        await invoke(request.invocation, { request, jobs, catalog, operator, faults, commands });
      } catch (error) {
        await refuse(request, error);
      }
    },

    async complete({ destination, actor, command, option, text }: CompletionQuery) {
      try {
        if (commandNamed(command).options[option]?.type !== "video") return [];
        const found = await jobs.suggest(destination, actor.id, text, COMPLETIONS_MAX);
        return found.map(({ id, request }) => ({
          name: shorten(`${id} · ${request.prompt.replaceAll(/\s+/gu, " ")}`, 100),
          value: id,
        }));
      } catch (err) {
        logger.warn({ err, command, option }, "completion failed");
        return [];
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
  if (error instanceof ServiceError && error.retryable) {
    return {
      tone: "error",
      lines: [["That did not get through just now. Nothing was made; try again in a moment."]],
    };
  }
  return { tone: "error", lines: [["That went wrong on our side. Nothing was made; the log says more."]] };
}
