import { expect, it } from "vitest";
import { encodeButton } from "../../../src/chat/card.ts";
import type { Page, PageRow } from "../../../src/chat/page.ts";
import { clipBytes, thumbnailBytes } from "../../fakes/fake-videos-client.ts";
import { type ChatAdapterHarness, fileOf, jobId } from "./chat-adapter-harness.ts";

const older = { action: "list", argument: "older.c2", label: "Older", style: "secondary" } as const;
const play = (id: string) => ({ action: "play", argument: id, label: "Play", style: "primary" }) as const;
const link = "https://reel.example/watch";

/** What the core relies on when it answers one person alone. */
export function privateAnswers(current: () => ChatAdapterHarness): void {
  const video = () => fileOf(current().media, "video.mp4", clipBytes);
  const picture = () => ({
    file: fileOf(current().media, "thumbnail.webp", thumbnailBytes),
    altText: "AI-generated video: a paper boat",
  });
  const row = (id: string, change: Partial<PageRow> = {}): PageRow => ({
    lines: [[{ bold: `boat ${id}` }], ["by ", { person: current().person.id, name: "Ada" }]],
    picture: picture(),
    buttons: [play(id), { label: "Go to it", style: "secondary", link: `${link}/${id}` }],
    ...change,
  });
  const page = (change: Partial<Page> = {}): Page => ({
    title: "Videos here",
    lines: [["2 of 7"]],
    rows: [row("a1"), row("b2", { buttons: [play("b2")] })],
    buttons: [older],
    ...change,
  });

  it("answers a request privately", async () => {
    const harness = current();
    await harness.ask(({ reply }) => reply.private({ tone: "error", lines: [["Too long."], ["@everyone"]] }));
    expect(await harness.privates()).toEqual([expect.stringContaining("Too long.")]);
    expect(await harness.messages()).toEqual([]);
  });

  it("answers a request privately with a file", async () => {
    const harness = current();
    await harness.ask(({ reply }) =>
      reply.private({ tone: "info", lines: [["Here it is."]], file: video() }),
    );
    expect(await harness.privates()).toEqual([expect.stringContaining("Here it is.")]);
    expect(await harness.privateFiles()).toEqual([clipBytes]);
    expect(await harness.messages()).toEqual([]);
  });

  it("shows a page to one person alone", async () => {
    const harness = current();
    await harness.ask(({ reply }) => reply.page(page()));
    const [shown, ...others] = await harness.pages();
    expect(others).toEqual([]);
    for (const part of ["Videos here", "2 of 7", "boat a1", "boat b2", "Ada"])
      expect(shown?.text).toContain(part);
    expect(shown?.buttons).toEqual([play("a1"), play("b2"), older].map(encodeButton));
    expect(shown?.links).toEqual([`${link}/a1`]);
    expect(shown?.pictures).toBe(2);
    expect(await harness.messages()).toEqual([]);
    expect(await harness.privates()).toEqual([]);
  });

  it("shows what a page's button leads to in that page's place", async () => {
    const harness = current();
    await harness.ask(({ reply }) => reply.page(page()));
    await harness.press(encodeButton(older), async ({ invocation, actor, destination, reply }) => {
      expect(invocation).toMatchObject({ kind: "button", action: "list", argument: "older.c2" });
      expect(actor.id).toBe(harness.person.id);
      expect(destination).toMatchObject({ workspace: harness.channel.workspace });
      await reply.page(page({ title: "Older ones", rows: [row("c3")], buttons: [] }));
    });
    const shown = await harness.pages();
    expect(shown).toHaveLength(1);
    expect(shown[0]?.text).toContain("Older ones");
    expect(shown[0]?.text).not.toContain("boat a1");
    expect(shown[0]?.buttons).toEqual([encodeButton(play("c3"))]);
  });

  it("plays a video in a page, or shows where it can be seen", async () => {
    const harness = current();
    await harness.ask(({ reply }) => reply.page(page()));
    await harness.press(encodeButton(play("b2")), ({ reply }) => {
      const { altText } = picture();
      const played = { file: video(), picture: picture(), altText, spoiler: false, link };
      return reply.page(page({ title: "boat b2", rows: [], video: played }));
    });
    const [shown] = await harness.pages();
    expect(shown?.text).toContain("boat b2");
    if (shown?.video) expect(shown.video).toEqual(clipBytes);
    else expect(shown?.links).toContain(link);
  });

  it("says beside a page what is wrong with a press on it", async () => {
    const harness = current();
    await harness.ask(({ reply }) => reply.page(page()));
    await harness.press(encodeButton(older), ({ reply }) =>
      reply.private({ tone: "error", lines: [["That video is gone."]] }),
    );
    expect(await harness.privates()).toEqual([expect.stringContaining("That video is gone.")]);
    expect((await harness.pages()).map(({ text }) => text)).toEqual([expect.stringContaining("boat a1")]);
  });

  it("can show as much as a page may hold", async () => {
    const harness = current();
    const long = "a paper boat that drifts down the rainy street ".repeat(6);
    const rows = Array.from({ length: 5 }, (_, n) => row(`r${n}`, { lines: [[long], ["sora-2 · 4 s"]] }));
    const labels = ["Newest", "Newer", "Older", "Oldest", "Close"];
    const buttons = labels.map((label, n) => ({ ...older, argument: `p.${n}`, label }));
    await harness.ask(({ reply }) => reply.page(page({ lines: [[long]], rows, buttons })));
    const [shown] = await harness.pages();
    expect(shown?.buttons).toHaveLength(10);
    expect(shown?.pictures).toBe(5);
  });

  it("knows what a channel is called once it was asked there", async () => {
    const { adapter, channel, channelName } = current();
    await adapter.checkAccess(channel);
    expect(await adapter.nameOf?.(channel)).toBe(channelName);
  });

  it("tells who may read a channel", async () => {
    const { adapter, person, channel, closed } = current();
    expect(await adapter.canRead(person.id, channel)).toBe(true);
    expect(await adapter.canRead(closed.personId, closed.channel)).toBe(false);
    const elsewhere = { ...channel, workspace: "nowhere", channel: jobId };
    expect(await adapter.canRead(person.id, elsewhere)).toBe(false);
  });
}
