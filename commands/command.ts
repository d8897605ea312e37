import type { ChatRequest, ImageAttachment } from "../src/chat/adapter.ts";
import type { ButtonStyle } from "../src/chat/card.ts";
import type { Drafts } from "../src/chat/drafts.ts";
import type { Offer } from "../src/chat/offer.ts";
import type { PageQueries } from "../src/chat/page-queries.ts";
import type { Line } from "../src/chat/rich-text.ts";
import type { Gallery } from "../src/gallery/gallery.ts";
import type { GalleryLinks } from "../src/gallery/gallery-links.ts";
import type { People } from "../src/gallery/people.ts";
import type { Stars } from "../src/gallery/stars.ts";
import type { Forgetting } from "../src/jobs/forgetting.ts";
import type { Intake } from "../src/jobs/intake.ts";
import type { Job } from "../src/jobs/job.ts";
import type { JobAccess } from "../src/jobs/job-access.ts";
import type { JobFiles } from "../src/jobs/job-files.ts";
import type { JobKind, JobLists } from "../src/jobs/job-lists.ts";
import type { JobPoller } from "../src/jobs/job-poller.ts";
import type { JobRemoval } from "../src/jobs/job-removal.ts";
import type { JobService } from "../src/jobs/job-service.ts";
import type { JobStore } from "../src/jobs/job-store.ts";
import type { OperatorView } from "../src/jobs/operator-view.ts";
import type { Action, Permissions } from "../src/jobs/permissions.ts";
import type { SettingsStore } from "../src/settings/settings.ts";
import type { Spending } from "../src/spending/spending.ts";
import type { Catalog } from "../src/videos/catalog.ts";
import type { OptionalOperation } from "../src/videos/dialect.ts";
import type { VideosClient } from "../src/videos/videos-client.ts";

/** A value people pick, with the words they see and the words they may type for it. */
export interface Choice {
  value: string;
  label: string;
  aliases?: string[];
}

interface OptionBase {
  description: string;
  required?: true;
  /** Whether the models have a use for it; default: yes. */
  offered?: (catalog: Catalog) => boolean;
}

/** One option of a subcommand; commands, forms, parsers, manifests and help texts are made from it. */
export type Option =
  | (OptionBase & { type: "text"; maxLength: number })
  /** Handlers get it as checked text, such as "42". */
  | (OptionBase & { type: "number"; min?: number; max?: number; integer?: boolean })
  | (OptionBase & {
      type: "choice";
      choices: (catalog: Catalog) => Choice[];
      /** What a form starts with; absent: nothing is picked. */
      initial?: (catalog: Catalog) => string;
    })
  /** A file, or an https address that leads to one. */
  | (OptionBase & { type: "image" })
  /** A job's id; completed from the requester's own jobs of that kind (finished ones) where the platform can. */
  | (OptionBase & { type: "video"; of?: JobKind })
  /** Somebody by name; completed from those who made videos in that channel, and from `words`. */
  | (OptionBase & { type: "person"; words?: Choice[] })
  /** Travels with a form; people are not offered it. */
  | (OptionBase & { type: "hidden" });

export type Options = Record<string, Option>;

type Value<O extends Option> = O extends { type: "image" } ? ImageAttachment : string;

/** The checked values a handler gets, typed by the declaration. */
export type Values<O extends Options> = {
  [K in keyof O]: O[K] extends { required: true } ? Value<O[K]> : Value<O[K]> | undefined;
};

/** What the bot can do for a command, whoever asks. */
export interface Services {
  jobs: JobService;
  store: Pick<JobStore, "get" | "getMany" | "byMessage">;
  access: JobAccess;
  lists: JobLists;
  removal: JobRemoval;
  files: JobFiles;
  poller: Pick<JobPoller, "look">;
  gallery: Gallery;
  links: GalleryLinks;
  stars: Stars;
  people: People;
  settings: SettingsStore;
  permissions: Permissions;
  spending: Spending;
  forgetting: Forgetting;
  queries: PageQueries;
  drafts: Drafts;
  videos: Pick<VideosClient, "supports">;
  intake: Omit<Intake, "noteActive" | "forgetPerson">;
  operatorView: OperatorView;
  /** What makes the videos, in words. */
  backend: { lines(): Line[] };
  now: () => number;
}

/** What a handler works with. */
export interface CommandContext extends Services {
  request: ChatRequest;
  /** What can be chosen; the defaults that hold for whoever asks are the settings'. */
  catalog: Catalog;
  /** Words in a prompt that show other outcomes; there are some where the backend is the simulator. */
  faults: readonly { tag: string; description: string }[];
  /** What is offered, for the help text, and for forms of other commands. */
  offer: Offer;
}

/** A command's button on cards; it carries the command's name and the job's id. */
export interface Button {
  label: string;
  style: ButtonStyle;
  shows(job: Job): boolean;
}

/** An entry in the menu that platforms have for each message. */
export interface Shortcut {
  /** 24 characters at most, which is Slack's limit. */
  label: string;
  /** `video`: what the button of the video in that message does; `picture`: something with the pictures in it. */
  on: "video" | "picture";
  /** Whether the models have a use for it; default: yes. */
  offered?: (catalog: Catalog) => boolean;
}

/** A subcommand of `/video`: its declaration and what it does. */
export interface Command<O extends Options> {
  name: string;
  description: string;
  options: O;
  /** Options that the models add. */
  modelOptions?: (catalog: Catalog) => Options;
  /** What the backend has to have for it. */
  needs?: OptionalOperation;
  /** What one has to be allowed for any of it; the dispatcher sees to that, and the help text leaves it out for others. */
  permission?: Action;
  /** Its button on cards, where it has one. */
  button?: Button;
  /** Its entry in messages' menus, where it has one. */
  shortcut?: Shortcut;
  /** What a button of it does; `argument` is a job's id, or what its own pages put there. */
  press?(context: CommandContext, argument: string): Promise<void>;
  /** What its shortcut on pictures does. */
  pick?(context: CommandContext, pictures: ImageAttachment[]): Promise<void>;
  /**
   * What `/video name …` or the submitted form does; absent: it exists as a button only. `extras`: the values of the
   * options that the models add.
   */
  run?(context: CommandContext, values: Values<O>, extras?: Record<string, string>): Promise<void>;
}

/** A command whose options are known at run time only. */
export interface AnyCommand {
  name: string;
  description: string;
  options: Options;
  modelOptions?: (catalog: Catalog) => Options;
  needs?: OptionalOperation;
  permission?: Action;
  button?: Button;
  shortcut?: Shortcut;
  press?(context: CommandContext, argument: string): Promise<void>;
  pick?(context: CommandContext, pictures: ImageAttachment[]): Promise<void>;
  run?(
    context: CommandContext,
    values: Record<string, string | ImageAttachment | undefined>,
    extras?: Record<string, string>,
  ): Promise<void>;
}

/** Ties a handler's argument types to the options it declares. */
export function defineCommand<const O extends Options>(command: Command<O>): AnyCommand {
  return command;
}
