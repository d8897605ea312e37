import sharp from "sharp";
import { afterEach, beforeEach, expect } from "vitest";
import type { Destination } from "../../../src/chat/adapter.ts";
import type { Job } from "../../../src/jobs/job.ts";
import type { Bot, BotMemory } from "../../fixtures/bot.ts";
import { plain } from "../../fixtures/pictures.ts";

/** What somebody looks at alone: a page or a private answer, as its text, its buttons' labels and its pictures. */
export interface Sight {
  text: string;
  buttons: string[];
  pictures: number;
}

/** One person at their client. Everything resolves once it is sent; what comes of it is for the test to wait for. */
export interface Hands {
  id: string;
  /** Sends `/video name` with options; a picture is handed over as the platform lets people do that. */
  command(name: string, values?: Record<string, string | Buffer>): Promise<void>;
  /** Presses a button of the newest message that has it. */
  press(label: string): Promise<void>;
  /** Presses the nth button (from 0) with that label of the page that was shown last. */
  pressPage(label: string, nth?: number): Promise<void>;
  /** Presses a button that stands nowhere. */
  forge(action: string, argument: string): Promise<void>;
  /** Presses a button that stands nowhere and carries this, whatever it is. */
  carry(id: string): Promise<void>;
  /** Fills in and sends the form that was opened last. */
  submit(values: Record<string, string>): Promise<void>;
  /** The page that was shown last, as it is now. */
  page(): Promise<Sight | undefined>;
  /** The private answer that came last, pages apart. */
  told(): Promise<string>;
  /** The file of the private answer that came last. */
  file(): Promise<Buffer | undefined>;
  /** The names of the fields of the form that was opened last. */
  form(): Promise<string[] | undefined>;
  /** Picks a command from the menu of the message with the newest video; absent where there are no such menus. */
  shortcut?(label: string): Promise<void>;
  /** Posts a picture and picks "Animate this picture" from its menu. */
  animate?(picture: Buffer): Promise<void>;
  /** Puts a star to the message with the newest video. */
  star?(): Promise<void>;
  /** Deletes the message with the newest video by hand. */
  remove?(): Promise<void>;
}

/** A bot on a platform with people. */
export interface OperationsHarness {
  bot: Bot;
  memory: BotMemory;
  /** Where the first three are. */
  channel: Destination;
  requester: Hands;
  member: Hands;
  moderator: Hands;
  /** Runs the bot, and is nobody else here. */
  operator: Hands;
  /** All of them are the one user of the page, who may do everything. */
  single?: true;
  /** In another server, or at least not in this one; absent where there is one place only. */
  stranger: Hands | undefined;
  /** Messages of the channel, oldest first. */
  messages(): Promise<{ text: string; buttons: string[]; video: boolean }[]>;
  /** The address at which `web` pictures of the bot are found: one of 640x360 pixels. */
  pictureAddress: string;
  close(): Promise<void>;
}

/** A picture that is wider than high, and not of a clip's size. */
export const widePicture = (): Promise<Buffer> => plain(640, 360).png().toBuffer();

/** What tests of operations do and wait for, on a harness of their own for each test. */
export function useHarness(start: () => Promise<OperationsHarness>) {
  let harness: OperationsHarness | undefined;
  beforeEach(async () => {
    harness = await start();
  });
  afterEach(() => harness?.close());

  function open(): OperationsHarness {
    if (!harness) throw new Error("No test is running.");
    return harness;
  }

  /** Does something and resolves to the job that comes of it. */
  async function newJob(act: () => Promise<void>): Promise<Job> {
    const { bot, channel } = open();
    const { platform, workspace, channel: name } = channel;
    const ids = async () =>
      (await bot.jobs.history({ platform, workspace, channel: name })).map(({ id }) => id);
    const before = new Set(await ids());
    await act();
    const added = async () => (await ids()).filter((id) => !before.has(id));
    await expect.poll(async () => (await added()).length).toBe(1);
    const [job] = await bot.jobs.getMany(await added());
    if (!job) throw new Error("There is no job.");
    return job;
  }

  const reach = (id: string, phase: Job["phase"]) =>
    expect.poll(async () => (await open().bot.jobs.get(id))?.phase).toBe(phase);

  /** Lets the backend finish a job and the bot deliver it. */
  async function finish(id: string): Promise<Job> {
    await reach(id, "rendering");
    const videoId = (await open().bot.jobs.get(id))?.video?.id ?? "";
    open().memory.videos.complete(videoId);
    await open().bot.poll();
    await reach(id, "delivered");
    const done = await open().bot.jobs.get(id);
    if (!done) throw new Error("The job is gone.");
    return done;
  }

  /** A finished video of the requester's. */
  async function made(prompt = "a kite"): Promise<Job> {
    return finish((await newJob(() => open().requester.command("create", { prompt }))).id);
  }

  const says = (hands: Hands, words: string) =>
    expect.poll(async () => (await hands.told()).replaceAll(/\\/g, "")).toContain(words);
  const shows = (hands: Hands, words: string) =>
    expect.poll(async () => (await hands.page())?.text.replaceAll(/\\/g, "") ?? "").toContain(words);
  const opens = (hands: Hands, fields: string[]) => expect.poll(() => hands.form()).toEqual(fields);
  const listed = async () => (await open().bot.services.gallery.page(open().channel, {}, { limit: 5 })).total;

  /** The size of the picture that the newest video was made from. */
  async function pictureSent(): Promise<string | undefined> {
    const { videos } = open().memory;
    const picture = videos.imageOf(videos.all()[0]?.id ?? "");
    if (!picture) return undefined;
    const { width, height } = await sharp(picture.bytes).metadata();
    return `${width}x${height}`;
  }

  return { open, newJob, reach, finish, made, says, shows, opens, listed, pictureSent };
}
