import type { ChatRequest, ImageAttachment } from "../src/chat/adapter.ts";
import type { ButtonStyle } from "../src/chat/card.ts";
import type { Job } from "../src/jobs/job.ts";
import type { JobService } from "../src/jobs/job-service.ts";
import type { Catalog } from "../src/videos/catalog.ts";

/** A value people pick, with the words they see and the words they may type for it. */
export interface Choice {
  value: string;
  label: string;
  aliases?: string[];
}

interface OptionBase {
  description: string;
  required?: true;
}

/** One option of a subcommand; commands, forms, parsers, manifests and help texts are made from it. */
export type Option =
  | (OptionBase & { type: "text"; maxLength: number })
  | (OptionBase & {
      type: "choice";
      choices: (catalog: Catalog) => Choice[];
      initial: (catalog: Catalog) => string;
    })
  | (OptionBase & { type: "image" })
  /** A job's id; completed from the requester's own jobs where the platform can. */
  | (OptionBase & { type: "video" });

export type Options = Record<string, Option>;

type Value<O extends Option> = O extends { type: "image" } ? ImageAttachment : string;

/** The checked values a handler gets, typed by the declaration. */
export type Values<O extends Options> = {
  [K in keyof O]: O[K] extends { required: true } ? Value<O[K]> : Value<O[K]> | undefined;
};

/** What a handler works with. */
export interface CommandContext {
  request: ChatRequest;
  jobs: JobService;
  catalog: Catalog;
  /** OPERATOR_IDS names the requester. */
  operator: boolean;
  /** Words in a prompt that show other outcomes; there are some where the backend is the simulator. */
  faults: readonly { tag: string; description: string }[];
  /** Every command, for the help text. */
  commands: readonly AnyCommand[];
}

/** A command's button on cards; it carries the command's name and the job's id. */
export interface Button {
  label: string;
  style: ButtonStyle;
  shows(job: Job): boolean;
}

/** A subcommand of `/video`: its declaration and what it does. */
export interface Command<O extends Options> {
  name: string;
  description: string;
  options: O;
  /** Its button on cards, where it has one. */
  button?: Button;
  /** What the button does. */
  press?(context: CommandContext, jobId: string): Promise<void>;
  /** What `/video name …` or the submitted form does; absent: it exists as a button only. */
  run?(context: CommandContext, values: Values<O>): Promise<void>;
}

/** A command whose options are known at run time only. */
export interface AnyCommand {
  name: string;
  description: string;
  options: Options;
  button?: Button;
  press?(context: CommandContext, jobId: string): Promise<void>;
  run?(context: CommandContext, values: Record<string, string | ImageAttachment | undefined>): Promise<void>;
}

/** Ties a handler's argument types to the options it declares. */
export function defineCommand<const O extends Options>(command: Command<O>): AnyCommand {
  return command;
}
