/** A message of the bot as people see it. */
export interface Shown {
  channel: string;
  id: string;
  text: string;
  /** Files that are videos. */
  videos: number;
  /** Labels of its buttons. */
  buttons: string[];
  /** Ids of the people whom it notified. */
  notified: string[];
  /** The message that it answers. */
  replyTo: string | undefined;
}

/** A chat platform with two people and two channels, outside the bot's process. */
export interface Platform {
  name: "discord" | "slack";
  /** What the bot is told of it. */
  settings: Record<string, string>;
  /** Ids of the people and the channels, in the order in which `command` counts them. */
  people: readonly string[];
  channels: readonly string[];
  workspace: string;
  /** Somebody types `/video name` with options; what comes of it is seen elsewhere. */
  command(from: { person: number; channel: number }, name: string, values: Record<string, string>): void;
  /** Somebody presses the button by which a deletion is confirmed. */
  confirmDeletion(from: { person: number; channel: number }, jobId: string): void;
  /** Time passes on its clock (ms). */
  advance(ms: number): void;
  /** All messages of the bot, oldest first. */
  shown(): Shown[];
  /** @throws where the bot asked for something that there is not, or sent what is not allowed. */
  close(): Promise<void>;
}
