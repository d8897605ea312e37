import { App, type Authorize, SocketModeReceiver } from "@slack/bolt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nobody } from "../servers/slack/mentions.ts";
import { buttonsOf, textOf } from "../servers/slack/reading.ts";
import { createSlackServer, type SlackServer } from "../servers/slack/slack-server.ts";
import { silentLogger } from "../servers/slack/web-client.ts";

const plain = (text: string) => ({ type: "plain_text" as const, text });
const card = (text: string) => [
  { type: "section" as const, text: { type: "mrkdwn" as const, text } },
  {
    type: "actions" as const,
    elements: [{ type: "button" as const, text: plain("Remix"), action_id: "remix", value: "job-1" }],
  },
];
const form = {
  type: "modal" as const,
  callback_id: "remix-form",
  title: plain("Remix"),
  submit: plain("Send"),
  blocks: [
    {
      type: "input" as const,
      block_id: "prompt",
      label: plain("Prompt"),
      element: { type: "plain_text_input" as const, action_id: "text", max_length: 3000 },
    },
    {
      type: "input" as const,
      block_id: "image",
      label: plain("Picture"),
      optional: true,
      element: { type: "file_input" as const, action_id: "files", filetypes: ["png"], max_files: 1 },
    },
    {
      type: "actions" as const,
      elements: [{ type: "button" as const, text: plain("Example"), action_id: "example" }],
    },
  ],
};

/** A bot as small as can be: a command posts a card, its button opens a form, the form changes the card. */
function addHandlers(app: App) {
  app.command("/video", async ({ command, ack, client }) => {
    if (command.text === "") return ack("What shall it show?");
    await ack();
    const { channel_id: channel } = command;
    return void (await client.chat.postMessage({ channel, text: "queued", blocks: card(command.text) }));
  });
  app.action("remix", async ({ ack, body, client }) => {
    await ack();
    if (body.type !== "block_actions") return;
    const private_metadata = JSON.stringify([body.channel?.id, body.message?.ts]);
    await client.views.open({ trigger_id: body.trigger_id, view: { ...form, private_metadata } });
  });
  app.view("remix-form", async ({ ack, view, client }) => {
    const prompt = view.state.values.prompt?.text?.value ?? "";
    if (prompt === "bad") return ack({ response_action: "errors", errors: { prompt: "Not that." } });
    if (prompt === "never") return ack({ response_action: "clear" });
    if (prompt === "more") {
      const { private_metadata } = view;
      return ack({ response_action: "update", view: { ...form, title: plain("More"), private_metadata } });
    }
    await ack();
    const [channel, ts] = JSON.parse(view.private_metadata);
    return void (await client.chat.update({ channel, ts, text: "remixed", blocks: card(prompt) }));
  });
  app.action("example", async ({ ack, body, client }) => {
    await ack();
    if (body.type !== "block_actions" || !body.view) return;
    const { id: view_id, hash, private_metadata } = body.view;
    const view = { ...form, title: plain("Example"), private_metadata };
    await client.views.update({ view_id, hash, view });
  });
  app.shortcut("use-picture", async ({ ack, shortcut, client }) => {
    await ack();
    await client.views.open({ trigger_id: shortcut.trigger_id, view: form });
  });
  app.event("app_mention", async ({ event, client }) => {
    await client.chat.postMessage({ channel: event.channel, thread_ts: event.ts, text: "here" });
  });
}

let slack: SlackServer;
let running: App | undefined;
beforeEach(async () => {
  slack = await createSlackServer();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await slack.close();
});

/** `clientPingTimeout` is also the time that the client waits before it connects anew. */
async function startSocketMode(authorize?: Authorize<boolean>) {
  const { appToken, apiUrl: slackApiUrl } = slack;
  const clientOptions = { slackApiUrl };
  const receiver = new SocketModeReceiver({
    appToken,
    clientPingTimeout: 50,
    installerOptions: { clientOptions },
    logger: silentLogger,
  });
  running = new App({
    ...(authorize ? { authorize } : { token: slack.team().botToken }),
    receiver,
    clientOptions,
    socketMode: true,
    logger: silentLogger,
  });
  addHandlers(running);
  await running.start();
}

async function startHttp() {
  running = new App({
    token: slack.team().botToken,
    signingSecret: slack.signingSecret,
    clientOptions: { slackApiUrl: slack.apiUrl },
    logger: silentLogger,
  });
  addHandlers(running);
  const server = await running.start({ port: 0, host: "127.0.0.1" });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return slack.connectHttp({ url: `http://127.0.0.1:${port}/slack/events` });
}

describe.each([
  ["Socket Mode", startSocketMode],
  ["HTTP", startHttp],
])("a Bolt app over %s", (_mode, start) => {
  beforeEach(async () => {
    await start();
  });

  test("command, button, form with an error, form accepted: all in one message", async () => {
    const ada = slack.person("ada");
    const command = await ada.slash({ channel: "general", command: "/video", text: "a <kite> & dunes" });
    expect(command.ack).toMatchObject({ ok: true, payload: undefined });
    const message = await slack.waitFor(() => slack.channel("general").messages[0]);
    expect(message.pinged).toEqual(nobody);
    expect(textOf(message)).toContain("a &lt;kite&gt; &amp; dunes");
    expect(buttonsOf(message)).toMatchObject([{ label: "Remix", actionId: "remix", value: "job-1" }]);

    const view = await (await ada.press(message, "Remix")).openedView();
    expect(view).toMatchObject({ callback_id: "remix-form", title: "Remix", isOpen: true });
    await ada.submitView(view, { prompt: "bad" });
    expect(view).toMatchObject({ isOpen: true, errors: { prompt: "Not that." } });
    await ada.submitView(view, { prompt: "more" });
    expect(view).toMatchObject({ isOpen: true, errors: {}, title: "More" });
    await ada.press(view, "Example");
    await slack.waitFor(() => view.title === "Example");
    await ada.submitView(view, { prompt: "a blue kite" });
    expect(view).toMatchObject({ isOpen: false, errors: {} });

    await slack.waitFor(() => message.revisions.length === 2);
    expect(message.text).toBe("remixed");
    expect(slack.channel("general").messages).toEqual([message]);
  });

  test("what comes with an acknowledgement is shown to the person alone", async () => {
    const { ephemerals } = await slack.person("bob").slash({ channel: "general", command: "/video" });
    expect(ephemerals).toMatchObject([{ user: "U1BOB", text: "What shall it show?", via: "ack" }]);
    expect(slack.channel("general").messages).toEqual([]);
  });

  test("a shortcut on a message opens a form that takes a picture", async () => {
    const ada = slack.person("ada");
    const { file } = ada.uploadFile({ name: "cat.png", bytes: Buffer.from("a cat") });
    const message = ada.say("general", "my cat", { files: [file] });
    const shortcut = await ada.messageShortcut("use-picture", message);
    expect(shortcut.payload).toMatchObject({ message: { text: "my cat", files: [{ id: file.id }] } });
    const view = await shortcut.openedView();
    expect(() => ada.submitView(view, { image: [file.id] })).toThrow("the form needs prompt");
    expect(() => ada.submitView(view, { prompt: "x".repeat(3001) })).toThrow("longer than 3000");
    await ada.submitView(view, { prompt: "never", files: [file.id] });
    expect(view.isOpen).toBe(false);
    expect(view.values).toMatchObject({
      prompt: { text: { value: "never" } },
      image: { files: { type: "file_input", files: [{ id: file.id, mimetype: "image/png" }] } },
    });
  });

  test("a mention is answered in its thread, and a command can come twice", async () => {
    const { message } = await slack.person("bob").mention("secret", "hello?");
    const { messages } = slack.channel("secret");
    await slack.waitFor(() => messages.find(({ thread_ts }) => thread_ts === message.ts));

    const command = await slack.person("bob").slash({ channel: "general", command: "/video", text: "a cat" });
    expect(await command.redeliver()).toMatchObject({ ok: true });
    await slack.waitFor(() => slack.channel("general").messages.length === 2);
  });
});

describe("Socket Mode", () => {
  test("works on after sockets were cut, and after Slack asked to connect anew", async () => {
    await startSocketMode();
    for (const interrupt of [slack.sockets.drop, () => slack.sockets.disconnect("refresh_requested")]) {
      interrupt();
      await slack.waitFor(() => slack.sockets.count() === 0);
      await slack.waitFor(() => slack.sockets.count() === 1);
      const { ack } = await slack.person("ada").slash({ channel: "general", command: "/video" });
      expect(ack.ok).toBe(true);
    }
  });

  test("several sockets take turns", async () => {
    await startSocketMode();
    const first = running;
    await startSocketMode();
    expect(slack.sockets.count()).toBe(2);
    for (let sent = 0; sent < 4; sent += 1) {
      const { ack } = await slack.person("ada").slash({ channel: "general", command: "/video" });
      expect(ack.ok).toBe(true);
    }
    await first?.stop();
  });

  test("one app serves two workspaces, each with its token", async () => {
    await slack.close();
    slack = await createSlackServer({ teams: ["T1", "T2"] });
    await startSocketMode(async ({ teamId }) => {
      const { botToken, botId, botUserId } = slack.team(teamId);
      return { botToken, botId, botUserId };
    });
    await slack.person("bob", "T2").slash({ channel: "general", command: "/video", text: "a cat" });
    const message = await slack.waitFor(() => slack.channel("general", "T2").messages[0]);
    expect(message).toMatchObject({ team: "T2", user: "U2BOT" });
    expect(slack.channel("general", "T1").messages).toEqual([]);
  });

  test("without a socket the person is told by Slackbot", async () => {
    const { ack, ephemerals } = await slack.person("ada").slash({ channel: "general", command: "/video" });
    expect(ack.error).toBe("dispatch_failed");
    expect(ephemerals).toMatchObject([{ via: "slackbot" }]);
  });
});

describe("HTTP", () => {
  test("refuses wrong and old signatures", async () => {
    const http = await startHttp();
    for (const signing of [{ secret: "wrong" }, { ageSeconds: 600 }]) {
      http.signWith(signing);
      const { ack } = await slack.person("ada").slash({ channel: "general", command: "/video", text: "x" });
      expect(ack).toMatchObject({ ok: false, error: "http_error", status: 401 });
    }
    expect(slack.channel("general").messages).toEqual([]);
  });

  test("an event that was not taken is sent again", async () => {
    const http = await startHttp();
    http.signWith({ secret: "wrong" });
    const { ack } = await slack.person("ada").mention("general", "hello");
    expect(ack.ok).toBe(false);
    await slack.waitFor(() => slack.deliveries[1]?.ack);
    http.signWith({});
    slack.advance(60_000);
    await slack.waitFor(() => slack.channel("general").messages[1]);
    expect(slack.deliveries.map(({ attempt, ack: one }) => [attempt, one?.ok])).toEqual([
      [0, false],
      [1, false],
      [2, true],
    ]);
  });

  test("a command that is not acknowledged in three seconds has failed", async () => {
    const http = await startHttp();
    http.signWith({});
    running?.command("/slow", () => new Promise<void>(() => {}));
    const slow = slack.person("ada").slash({ channel: "general", command: "/slow" });
    await slack.waitFor(() => slack.deliveries.length === 1);
    slack.advance(3000);
    expect((await slow).ack).toMatchObject({ ok: false, error: "timeout" });
    expect(slack.ephemerals).toMatchObject([{ text: '/slow failed with the error "operation_timeout"' }]);
  });
});
