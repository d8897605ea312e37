import { describe, expect, test } from "vitest";
import type { Card } from "../../../src/chat/card.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { createFeed } from "../../../src/web/feed.ts";

const card = (jobId: string, change: Partial<Card> = {}): Card => ({
  jobId,
  revision: 1,
  kind: "progress",
  tone: "neutral",
  title: "Queued",
  prompt: "a kite",
  lines: [],
  footnote: [],
  buttons: [],
  ...change,
});

const mp4 = { key: "a/video.mp4", bytes: 9, contentType: "video/mp4", filename: "a.mp4" };

describe("the feed", () => {
  test("forgets a message, for this process and the next", async () => {
    const store = await createStore({ url: "memory:" });
    const feed = createFeed({ store, now: Date.now });
    for (const id of ["a", "b"]) await feed.post(card(id));
    await feed.forget("a");
    await feed.forget("never there");
    const next = createFeed({ store, now: Date.now });
    await next.open();
    for (const each of [feed, next]) {
      const { messages } = await each.page({ limit: 9 });
      expect(messages.map((message) => message.card.jobId)).toEqual(["b"]);
    }
  });

  test("stamps in order even while the clock stands still or goes back", async () => {
    const times = [1000, 1000, 400, 400, 2000];
    const feed = createFeed({
      store: await createStore({ url: "memory:" }),
      now: () => times.shift() ?? 2000,
    });
    for (const id of ["a", "b", "c"]) await feed.post(card(id));
    await feed.show(card("a", { revision: 2 }));
    expect((await feed.changedSince(0)).map((message) => [message.card.jobId, message.changedAt])).toEqual([
      ["b", 1001],
      ["c", 1002],
      ["a", 1003],
    ]);
    expect((await feed.page({ limit: 9 })).messages.map((message) => message.card.jobId)).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  test("goes on where another process ended", async () => {
    const store = await createStore({ url: "memory:" });
    const first = createFeed({ store, now: () => 5000 });
    await first.post(card("a"));
    await first.post(card("b"));
    const second = createFeed({ store, now: () => 100 });
    await second.open();
    await second.post(card("c"));
    expect((await second.page({ limit: 9 })).messages.map((message) => message.postedAt)).toEqual([
      5000, 5001, 5002,
    ]);
  });

  test("tells when the state last changed, not every percent", async () => {
    let time = 1;
    const feed = createFeed({ store: await createStore({ url: "memory:" }), now: () => time++ });
    await feed.post(card("a"));
    await feed.show(card("a", { revision: 2, title: "Rendering" }));
    const rendering = await feed.get("a");
    await feed.show(card("a", { revision: 3, title: "Rendering" }));
    const later = await feed.get("a");
    expect(later?.stateAt).toBe(rendering?.stateAt);
    expect(later?.changedAt).toBeGreaterThan(rendering?.changedAt ?? Number.NaN);
  });

  test("takes files away, once and for all, and never shows an older card for it", async () => {
    const feed = createFeed({ store: await createStore({ url: "memory:" }), now: () => 1000 });
    await feed.post(card("a"));
    await feed.show(card("a", { revision: 5, title: "Done" }), { video: mp4, thumbnail: mp4 });
    await feed.withdraw(card("a", { revision: 6, title: "Deleted" }));
    expect(await feed.get("a")).toEqual({
      card: card("a", { revision: 6, title: "Deleted" }),
      ...{ postedAt: 1000, stateAt: 1002, changedAt: 1002 },
    });
    await feed.withdraw(card("a", { revision: 4, title: "Done" }));
    expect((await feed.get("a"))?.card.title).toBe("Deleted");
    await feed.withdraw(card("b"));
    expect(await feed.get("b")).toBeUndefined();
  });

  test("reads the messages of the first version, whose buttons named their job", async () => {
    const store = await createStore({ url: "memory:" });
    const { action, label, style } = { action: "remix", label: "Remix", style: "primary" } as const;
    const [postedAt, stateAt, changedAt] = [1, 1, 1];
    const first = { ...card("a"), buttons: [{ action, jobId: "a", label, style }] };
    const old = store.collection({ name: "playground-message", version: 1 });
    await old.insert("a", { card: first, postedAt, stateAt, changedAt });
    const feed = createFeed({ store, now: () => 1000 });
    await feed.open();
    const { messages } = await feed.page({ limit: 9 });
    expect(messages[0]?.card.buttons).toEqual([{ action, argument: "a", label, style }]);
  });

  test("wakes whoever waits for a change, and everybody when it closes", async () => {
    const feed = createFeed({ store: await createStore({ url: "memory:" }), now: () => 1000 });
    const { signal } = new AbortController();
    const waiting = feed.changeAfter(feed.stamp(), signal);
    await feed.post(card("a"));
    await waiting;
    await feed.changeAfter(0, signal);
    const forever = feed.changeAfter(feed.stamp(), signal);
    feed.close();
    await forever;
    expect(feed.closed).toBe(true);
  });
});
