import type { KnownBlock } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nobody } from "../servers/slack/mentions.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import { createWebClient, refusalOf } from "../servers/slack/web-client.ts";

const general = "C1GENERAL";
let slack: SlackServer;
let client: WebClient;
beforeEach(async () => {
  slack = await createSlackServer({ teams: ["T1", "T2"] });
  client = clientOf(slack.team().botToken);
});
afterEach(() => slack.close());

const clientOf = (token: string) => createWebClient({ apiUrl: slack.apiUrl, token });
const post = (channel: string, text = "hello", blocks: KnownBlock[] = []) =>
  client.chat.postMessage({ channel, text, blocks });
const section = (text: string): KnownBlock => ({ type: "section", text: { type: "mrkdwn", text } });
const buttons = (...ids: string[]): KnownBlock => ({
  type: "actions",
  elements: ids.map((action_id) => ({ type: "button", text: { type: "plain_text", text: "Go" }, action_id })),
});

describe("messages", () => {
  test("keeps what a message showed, and who was called", async () => {
    const { ts = "" } = await post(general, "queued", [section("*queued* <@U1ADA> &lt;!channel&gt;")]);
    await client.chat.update({ channel: general, ts, text: "done", blocks: [section("<!here> done")] });
    const [message] = slack.channel("general").messages;
    expect(message?.revisions.map(({ text }) => text)).toEqual(["queued", "done"]);
    expect(message?.revisions[1]?.mentions.broadcasts).toEqual(["here"]);
    expect(message?.pinged).toEqual({ ...nobody, users: ["U1ADA"] });

    await client.chat.update({ channel: general, ts, text: "only text" });
    expect(message?.blocks).toEqual([]);
    const { permalink } = await client.chat.getPermalink({ channel: general, message_ts: ts });
    expect(permalink).toContain(general);
    await client.chat.update({ channel: general, ts, blocks: [section("no text")] });
    expect(slack.warnings).toMatchObject([{ method: "chat.update" }]);
    await client.chat.delete({ channel: general, ts });
    expect(slack.channel("general")).toMatchObject({ messages: [], deletedMessages: [message] });
  });

  test("refuses with Slack's words", async () => {
    slack.addChannel({ name: "lounge", kind: "public", bot: false });
    slack.addChannel({ name: "vault", kind: "private", bot: false });
    const { ts = "" } = await post(general);
    const words: [string, Promise<unknown>][] = [
      ["not_in_channel", post(slack.channel("lounge").id)],
      ["channel_not_found", post(slack.channel("vault").id)],
      ["channel_not_found", post("C2GENERAL")],
      ["no_text", client.chat.postMessage({ channel: general, text: "" })],
      ["msg_too_long", client.chat.update({ channel: general, ts, text: "x".repeat(4001) })],
      ["message_not_found", client.chat.update({ channel: general, ts: "1.0", text: "x" })],
      ["invalid_auth", clientOf("xoxb-unknown").auth.test()],
      ["not_allowed_token_type", clientOf(slack.appToken).auth.test()],
      ["not_allowed_token_type", client.apps.connections.open({})],
      ["users_list_not_supplied", client.apiCall("conversations.open")],
    ];
    for (const [word, call] of words) expect(await refusalOf(call)).toMatchObject({ error: word });
    slack.channel("general").isArchived = true;
    expect(await refusalOf(post(general))).toMatchObject({ error: "is_archived" });
    expect(slack.refused).toHaveLength(words.length + 1);
  });

  test.each<[string, KnownBlock[]]>([
    ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]", [section("x".repeat(3001))]],
    [
      "`block_id` a already exists [json-pointer:/blocks]",
      [
        { type: "divider", block_id: "a" },
        { type: "divider", block_id: "a" },
      ],
    ],
    ["`action_id` go already exists [json-pointer:/blocks/0]", [buttons("go", "go")]],
    [
      "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
      [buttons(...Array.from({ length: 26 }, (_, at) => `a${at}`))],
    ],
    [
      "no more than 50 items allowed [json-pointer:/blocks]",
      Array.from({ length: 51 }, () => ({ type: "divider" })),
    ],
    [
      "downloading image failed [json-pointer:/blocks/0]",
      [{ type: "image", alt_text: "a", image_url: "http://127.0.0.1/a.png" }],
    ],
    ["missing required field: text [json-pointer:/blocks/0/text]", [JSON.parse('{"type":"header"}')]],
    ["unsupported type: player [json-pointer:/blocks/0/type]", [JSON.parse('{"type":"player"}')]],
    [
      "invalid additional property: colour [json-pointer:/blocks/0]",
      [JSON.parse('{"type":"divider","colour":"red"}')],
    ],
  ])("says of blocks: %s", async (problem, blocks) => {
    const { error, messages } = await refusalOf(post(general, "text", blocks));
    expect(error).toBe("invalid_blocks");
    expect(messages).toContain(`[ERROR] ${problem}`);
  });

  test("shows a private message to a member, and reads history where the scope is there", async () => {
    await client.chat.postEphemeral({ channel: general, user: "U1BOB", text: "psst" });
    expect(slack.ephemerals).toMatchObject([{ user: "U1BOB", text: "psst", via: "chat.postEphemeral" }]);
    const { ts = "" } = await post(general, "parent");
    await client.chat.postMessage({ channel: general, thread_ts: ts, text: "reply" });
    const { messages } = await client.conversations.history({ channel: general });
    expect(messages?.map(({ text }) => text)).toEqual(["parent"]);
    const { messages: thread } = await client.conversations.replies({ channel: general, ts });
    expect(thread?.map(({ text }) => text)).toEqual(["parent", "reply"]);
    slack.team().scopes.delete("channels:history");
    const { error, needed } = await refusalOf(client.conversations.history({ channel: general }));
    expect([error, needed]).toEqual(["missing_scope", "channels:history"]);
  });

  test("joins a public channel, opens a direct message, knows admins and both workspaces", async () => {
    const lounge = slack.addChannel({ name: "lounge", kind: "public", bot: false });
    await client.conversations.join({ channel: lounge.id });
    await post(lounge.id);
    const { channel } = await client.conversations.open({ users: "U1ADA" });
    await post(channel?.id ?? "");
    expect(slack.channel("ada").messages).toHaveLength(1);
    expect((await client.users.info({ user: "U1ADA" })).user).toMatchObject({ is_admin: true });
    const second = clientOf(slack.team("T2").botToken);
    expect(await second.auth.test()).toMatchObject({ team_id: "T2", user_id: "U2BOT" });
    await second.chat.postMessage({ channel: "C2GENERAL", text: "hi" });
    expect(slack.channel("general", "T2").messages).toHaveLength(1);
  });
});

describe("a channel shared with another organisation", () => {
  const stranger = "U2ADA";

  test("tells of its people, who have a team of their own, and of nobody else's", async () => {
    expect(await refusalOf(client.users.info({ user: stranger }))).toMatchObject({ error: "user_not_found" });
    slack.channel("general").members.add(stranger);
    const { user } = await client.users.info({ user: stranger });
    expect(user).toMatchObject({ team_id: "T2", is_admin: true, is_stranger: true });
  });

  test("keeps back what their files are until it is asked, where the bot can see them", async () => {
    slack.channel("general").members.add(stranger);
    const ada = slack.person("ada", "T2");
    const { file } = ada.uploadFile({ name: "cat.png", bytes: Buffer.from("cat") });
    expect(await refusalOf(client.files.info({ file: file.id }))).toMatchObject({ error: "file_not_found" });
    ada.say(general, "my cat", { files: [file] });
    const { messages } = await client.conversations.history({ channel: general });
    const [shown] = messages?.[0]?.files ?? [];
    expect(shown).toMatchObject({ id: file.id, mode: "file_access", file_access: "check_file_info" });
    expect(shown).not.toHaveProperty("url_private");
    const { file: known } = await client.files.info({ file: file.id });
    expect(known).toMatchObject({
      mimetype: "image/png",
      url_private: expect.stringContaining("/files-pri/T2-"),
    });
  });

  test("gives no more than 999 members at once", async () => {
    const members = client.conversations.members({ channel: general, limit: 1000 });
    expect(await refusalOf(members)).toMatchObject({ error: "invalid_limit" });
  });
});

describe("files", () => {
  const clip = { filename: "clip.mp4", file: Buffer.from("not really a video"), channel_id: general };
  const sharedIn = (name: string) => slack.waitFor(() => slack.channel(name).messages[0]);

  test("the real client uploads a file and buttons as one message, shared a moment later", async () => {
    slack.sharing.delayMs = 60_000;
    const { ok } = await client.filesUploadV2({ ...clip, blocks: [section("Done"), buttons("remix")] });
    const [file] = slack.files.values();
    expect([ok, file?.bytes, file?.status]).toEqual([true, clip.file, "complete"]);
    const before = await client.files.info({ file: file?.id ?? "" });
    expect(before.file?.shares).toEqual({});
    slack.advance(60_000);
    const message = await sharedIn("general");
    expect(message).toMatchObject({ files: [file], user: "U1BOT" });
    expect(message.blocks).toHaveLength(2);
    const after = await client.files.info({ file: file?.id ?? "" });
    expect(after.file?.shares?.public?.[general]).toMatchObject([{ ts: message.ts }]);

    await client.chat.update({ channel: general, ts: message.ts, text: "x", blocks: [buttons("late")] });
    expect(() => slack.person("ada").press(message, "late")).toThrow("reported not to fire");
  });

  test("a comment wins over blocks, an alt text or bad luck loses the share", async () => {
    await client.filesUploadV2({ ...clip, initial_comment: "look", blocks: [section("ignored")] });
    expect(await sharedIn("general")).toMatchObject({ text: "look", blocks: [] });
    slack.sharing.dropNext = 1;
    await client.filesUploadV2({ ...clip, channel_id: "C1SECRET" });
    const { file_id = "", upload_url = "" } = (await client.apiCall("files.getUploadURLExternal", {
      filename: "clip.mp4",
      length: 3,
      alt_txt: "a clip",
    })) as { file_id?: string; upload_url?: string };
    expect((await fetch(upload_url, { method: "POST", body: "four" })).status).toBe(400);
    expect(await (await fetch(upload_url, { method: "POST", body: "abc" })).text()).toBe("OK - 3");
    const completed = { files: [{ id: file_id }] as [{ id: string }], channel_id: "C1SECRET" };
    await client.files.completeUploadExternal(completed);
    expect(await refusalOf(client.files.completeUploadExternal(completed))).toMatchObject({
      error: "file_not_found",
    });
    slack.advance(60_000);
    expect(slack.channel("secret").messages).toEqual([]);
    expect(slack.warnings).toHaveLength(2);
  });

  test("a person's file is read with a token, and is a sign-in page without", async () => {
    const { file, url_private } = slack
      .person("ada")
      .uploadFile({ name: "cat.png", bytes: Buffer.from("cat") });
    const authorization = `Bearer ${slack.team().botToken}`;
    const good = await fetch(url_private, { headers: { authorization } });
    expect([good.headers.get("content-type"), await good.text()]).toEqual(["image/png", "cat"]);
    const bad = await fetch(url_private);
    expect([bad.status, await bad.text()]).toEqual([200, expect.stringContaining("Sign in")]);
    expect(await refusalOf(client.files.delete({ file: file.id }))).toMatchObject({
      error: "cant_delete_file",
    });
  });
});
