import { expect, it, onTestFinished } from "vitest";
import type { ChatHandler } from "../../src/chat/adapter.ts";
import { asRegistered, listenOnSlack } from "../fixtures/slack-bot.ts";
import { createSlackServer } from "../servers/slack/slack-server.ts";

async function startSlack(events = asRegistered.events) {
  const slack = await createSlackServer({ ...asRegistered, events });
  onTestFinished(() => slack.close());
  return slack;
}

it("spreads what happens over several processes: each of it is heard by one", async () => {
  const slack = await startSlack();
  const reply: ChatHandler["handle"] = ({ reply: { private: tell } }) =>
    tell({ tone: "info", lines: [["here"]] });
  const listeners = [
    await listenOnSlack(slack, "Socket Mode", reply),
    await listenOnSlack(slack, "Socket Mode", reply),
    await listenOnSlack(slack, "Socket Mode", reply),
  ];
  const bob = slack.person("bob");
  for (let n = 0; n < 6; n++) {
    const asked = await bob.slash({ channel: "general", command: "/video", text: `boat ${n}` });
    expect(asked.ephemerals).toMatchObject([{ text: "here" }]);
  }
  expect(listeners.map(({ requests }) => requests.length)).toEqual([2, 2, 2]);
  slack.deleteChannel(slack.channel("secret"));
  await expect.poll(() => listeners.flatMap(({ events }) => events)).toHaveLength(1);
});

it("leaves to the others what comes while it stops", async () => {
  const slack = await startSlack(["app_mention"]);
  const go = Promise.withResolvers<void>();
  const stopping = await listenOnSlack(slack, "Socket Mode", () => go.promise);
  const staying = await listenOnSlack(slack, "Socket Mode");
  const bob = slack.person("bob");
  const write = (text: string) => bob.mention("general", text);
  while (stopping.requests.length === 0) await write("a boat");
  const stopped = stopping.adapter.stop();
  const heard = staying.requests.length;
  const written = Promise.all([write("one"), write("two")]);
  await expect.poll(() => staying.requests.length).toBe(heard + 1);
  // Slack tells again what was not acknowledged in three seconds.
  slack.advance(3_000);
  await written;
  await expect
    .poll(() => {
      slack.advance(3_000);
      return staying.requests.length;
    })
    .toBe(heard + 2);
  go.resolve();
  await stopped;
  expect(stopping.requests).toHaveLength(1);
});
