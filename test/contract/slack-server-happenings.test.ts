import type { KnownBlock, ModalView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import { createWebClient, refusalOf } from "../servers/slack/web-client.ts";

let slack: SlackServer;
let client: WebClient;
beforeEach(async () => {
  slack = await createSlackServer();
  client = createWebClient({ apiUrl: slack.apiUrl, token: slack.team().botToken });
});
afterEach(() => slack.close());

const general = "C1GENERAL";
const plain = (text: string) => ({ type: "plain_text" as const, text });
const button = { type: "button" as const, text: plain("Go"), action_id: "go", value: "1" };
const view = (title: string): ModalView => ({
  type: "modal",
  title: plain(title),
  blocks: [{ type: "actions", elements: [button] }],
});
const image = (id: string): KnownBlock => ({ type: "image", alt_text: "a", slack_file: { id } });

/** Has somebody do something nobody listens to, for its trigger. */
async function triggerOf(doing: Promise<{ payload: Record<string, unknown> }>): Promise<string> {
  return String((await doing).payload.trigger_id);
}

async function uploaded(name: string): Promise<string> {
  const { upload_url = "", file_id = "" } = await client.files.getUploadURLExternal({
    filename: name,
    length: 3,
  });
  await fetch(upload_url, { method: "POST", body: "abc" });
  await client.files.completeUploadExternal({ files: [{ id: file_id }] });
  return file_id;
}

test("a modal holds three views, the one on top is seen, and hashes tell old ones", async () => {
  const ada = slack.person("ada");
  const push = async (title: string, from = slack.views.at(-1)) => {
    if (!from) throw new Error("no view");
    return client.views.push({ trigger_id: await triggerOf(ada.press(from, "go")), view: view(title) });
  };
  const command = () => triggerOf(ada.slash({ channel: "general", command: "/video" }));
  expect(await refusalOf(client.views.push({ trigger_id: await command(), view: view("No") }))).toMatchObject(
    { error: "not_found" },
  );
  await client.views.open({ trigger_id: await command(), view: view("One") });
  const second = await push("Two");
  const [first] = slack.views;
  if (!first) throw new Error("no view");
  expect(second.view).toMatchObject({ previous_view_id: first.id, root_view_id: first.id });
  expect(() => ada.press(first, "go")).toThrow("not on top");
  await push("Three");
  expect(await refusalOf(push("Four"))).toMatchObject({ error: "push_limit_reached" });

  const { id: view_id = "", hash = "" } = second.view ?? {};
  await client.views.update({ view_id, hash, view: view("New") });
  expect(await refusalOf(client.views.update({ view_id, hash, view: view("Old") }))).toMatchObject({
    error: "hash_conflict",
  });
  const third = slack.views.at(-1);
  if (third) ada.closeView(third);
  expect(slack.views.map(({ title, isOpen }) => [title, isOpen])).toEqual([
    ["One", true],
    ["New", true],
    ["Three", false],
  ]);
});

test("a file without a channel is shown in blocks once Slack knows it to be a picture", async () => {
  slack.sharing.processMs = 60_000;
  const [png, webp] = [await uploaded("a.png"), await uploaded("a.webp")];
  const show = (id: string) =>
    client.chat.postEphemeral({ channel: general, user: "U1BOB", text: "look", blocks: [image(id)] });
  expect((await refusalOf(show(png))).messages.join()).toContain("invalid slack file");
  expect((await client.files.info({ file: png })).file?.mimetype).toBe("");
  slack.advance(60_000);
  expect((await client.files.info({ file: png })).file).toMatchObject({ mimetype: "image/png", shares: {} });
  await show(png);
  expect(await refusalOf(show(webp))).toMatchObject({ error: "invalid_blocks" });
  await client.files.delete({ file: png });
  expect(await refusalOf(show(png))).toMatchObject({ error: "invalid_blocks" });
  expect(slack.ephemerals).toHaveLength(1);
});

test("a deleted file takes its message along only where nothing else stood in it", async () => {
  slack.sharing.delayMs = 0;
  const file = Buffer.from("not really a video");
  const blocks: KnownBlock[] = [{ type: "divider" }];
  await client.filesUploadV2({ filename: "a.mp4", file, channel_id: general });
  await client.filesUploadV2({ filename: "b.mp4", file, channel_id: general, blocks });
  const messages = () => slack.channel("general").messages;
  await slack.waitFor(() => messages().length === 2);
  for (const { id } of slack.files.values()) await client.files.delete({ file: id });
  expect(messages()).toMatchObject([{ files: [{ name: "b.mp4", status: "deleted", bytes: undefined }] }]);
});

test("a message that has a thread leaves a tombstone, which cannot be changed", async () => {
  const { ts = "" } = await client.chat.postMessage({ channel: general, text: "parent" });
  await client.chat.postMessage({ channel: general, text: "reply", thread_ts: ts });
  await client.chat.delete({ channel: general, ts });
  const [parent] = slack.channel("general").messages;
  expect(parent).toMatchObject({ ts, isTombstone: true });
  expect(await refusalOf(client.chat.update({ channel: general, ts, text: "x" }))).toMatchObject({
    error: "message_not_found",
  });
  await client.chat.postMessage({ channel: general, text: "another", thread_ts: ts });
});

test("tells of guests, and the members of a group message", async () => {
  const guest = slack.addUser({ name: "guest", is_restricted: true });
  expect((await client.users.info({ user: guest.id })).user).toMatchObject({ is_restricted: true });
  const group = slack.addChannel({ name: "group", kind: "mpim", bot: true });
  const { channel } = await client.conversations.info({ channel: group.id });
  expect(channel).toMatchObject({ is_mpim: true, is_private: true });
  expect((await client.conversations.members({ channel: group.id })).members).toContain("U1BOB");
  expect(() => slack.person("bob").remove(slack.person("ada").say("general", "mine"))).toThrow("may not");
});

test("people write to the bot only where it subscribed to that", async () => {
  await expect(slack.person("bob").write("hello")).rejects.toThrow("does not tell");
});
