import { once } from "node:events";
import {
  type APIFileUploadComponent,
  type APITextInputComponent,
  type ButtonInteraction,
  ButtonStyle,
  type ChatInputCommandInteraction,
  Client,
  ComponentType,
  type Interaction,
  MessageFlags,
  type ModalSubmitInteraction,
  REST,
  Routes,
  TextInputStyle,
} from "discord.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDiscordServer, type DiscordServer } from "../servers/discord/discord-server.ts";
import { videoCommand } from "../servers/discord/fixtures.ts";

// Drives the server with the real client, as the adapter will: gateway, interactions, edits by channel.

let server: DiscordServer;
let client: Client<true>;
let rest: REST;

beforeEach(async () => {
  server = await createDiscordServer({ recordTo: "" });
  rest = new REST({ api: server.apiUrl }).setToken(server.token);
  client = new Client({ intents: ["Guilds"], rest: { api: server.apiUrl } });
  const ready = once(client, "clientReady");
  await client.login(server.token);
  await ready;
  await client.application.commands.set([videoCommand], server.state.guild.id);
});

afterEach(async () => {
  await client.destroy();
  await server.close();
});

async function nextInteraction(): Promise<Interaction> {
  const [interaction] = await once(client, "interactionCreate");
  return interaction;
}
async function nextCommand(): Promise<ChatInputCommandInteraction> {
  const interaction = await nextInteraction();
  if (interaction.isChatInputCommand()) return interaction;
  throw new Error(`interaction of type ${interaction.type}`);
}
async function nextButton(): Promise<ButtonInteraction> {
  const interaction = await nextInteraction();
  if (interaction.isButton()) return interaction;
  throw new Error(`interaction of type ${interaction.type}`);
}
async function nextModal(): Promise<ModalSubmitInteraction> {
  const interaction = await nextInteraction();
  if (interaction.isModalSubmit()) return interaction;
  throw new Error(`interaction of type ${interaction.type}`);
}

function card(text: string, video?: string) {
  const gallery = { type: ComponentType.MediaGallery, items: [{ media: { url: `attachment://${video}` } }] };
  const remix = {
    type: ComponentType.Button,
    style: ButtonStyle.Primary,
    label: "Remix",
    custom_id: "remix",
  };
  return [
    {
      type: ComponentType.Container,
      components: [
        { type: ComponentType.TextDisplay, content: text },
        ...(video ? [gallery] : []),
        { type: ComponentType.ActionRow, components: [remix] },
      ],
    },
  ];
}

const create = { name: "video", subcommand: "create", options: { prompt: "a red kite" } };

/** A command of ada's, answered with a card. */
async function postCard() {
  const coming = nextCommand();
  const command = server.person("ada").slash(create);
  const interaction = await coming;
  await interaction.reply({ components: card("queued"), flags: MessageFlags.IsComponentsV2 });
  return { interaction, message: await command.reply() };
}

test("a person's own upload limit counts for answers, not for edits by channel", async () => {
  server.state.guild.attachmentSizeLimit = 1000;
  const coming = nextCommand();
  const command = server.addPerson("nora", { uploadLimit: 2000 }).slash(create);
  const interaction = await coming;
  expect(interaction.attachmentSizeLimit).toBe(2000);
  const files = [{ name: "a.mp4", data: Buffer.alloc(1500, 1) }];
  await interaction.reply({ files: files.map(({ name, data }) => ({ name, attachment: data })) });
  const { id, channelId } = await command.reply();
  const edit = rest.patch(Routes.channelMessage(channelId, id), { body: { content: "x" }, files });
  await expect(edit).rejects.toMatchObject({ code: 40005, status: 413 });
});

test("a command carries its place, its sender and its files", async () => {
  const coming = nextCommand();
  const png = Buffer.from("89504e470d0a1a0a0000000d4948445200000500000002d0", "hex");
  const image = { filename: "kite.png", contentType: "image/png", bytes: png };
  const command = server
    .person("grace")
    .slash({ ...create, options: { ...create.options, image, size: "landscape" } });
  const interaction = await coming;
  await interaction.reply({ content: "seen", flags: MessageFlags.Ephemeral });

  expect(interaction.inCachedGuild() && interaction.channel?.name).toBe("general");
  expect(interaction.memberPermissions?.has("ManageMessages")).toBe(true);
  expect(interaction.appPermissions.has("AttachFiles")).toBe(true);
  expect(interaction.attachmentSizeLimit).toBe(10 * 1024 * 1024);
  expect(interaction.options.getString("size")).toBe("1280x720");
  const attachment = interaction.options.getAttachment("image", true);
  expect(attachment).toMatchObject({ contentType: "image/png", size: png.length, width: 1280, height: 720 });
  expect(Buffer.from(await (await fetch(attachment.url)).arrayBuffer())).toEqual(png);
  expect((await command.reply()).visibleTo).toBe(interaction.user.id);
  expect(server.channel("general").messages).toEqual([]);
});

test("a card moves within one message, from the answer to the finished video", async () => {
  const coming = nextCommand();
  const command = server.person("ada").slash(create);
  const interaction = await coming;
  const response = await interaction.reply({
    components: card("queued"),
    flags: MessageFlags.IsComponentsV2,
    withResponse: true,
  });
  const message = await command.reply();
  expect(response.resource?.message?.id).toBe(message.id);
  expect(response.interaction.responseMessageId).toBe(message.id);

  const path = Routes.channelMessage(message.channelId, message.id);
  await rest.patch(path, { body: { components: card("50 %") } });
  const files = [{ name: "kite.mp4", data: Buffer.from("a clip"), contentType: "video/mp4" }];
  await rest.patch(path, { body: { components: card("done", "kite.mp4") }, files });

  expect(message.revisions.map(({ text }) => text)).toEqual(["queued", "50 %", "done"]);
  expect(message.media.map(({ attachment }) => attachment?.bytes.toString())).toEqual(["a clip"]);
  expect(server.channel("general").messages).toEqual([message]);
  expect(await command.acknowledged()).toMatchObject({ type: 4 });
});

test("a button opens a form, whose answer comes back", async () => {
  const { message } = await postCard();
  const ada = server.person("ada");
  const pressed = nextButton();
  const press = ada.press(message, "Remix");
  const button = await pressed;
  const field: APITextInputComponent = {
    type: ComponentType.TextInput,
    custom_id: "prompt",
    style: TextInputStyle.Paragraph,
    value: "a red kite",
  };
  const upload: APIFileUploadComponent = {
    type: ComponentType.FileUpload,
    custom_id: "image",
    required: false,
  };
  await button.showModal({
    title: "Remix",
    custom_id: "remix-form",
    components: [
      { type: ComponentType.Label, label: "Prompt", component: field },
      { type: ComponentType.Label, label: "Picture", component: upload },
    ],
  });
  expect(button.message.id).toBe(message.id);

  const submitted = nextModal();
  const picture = { filename: "blue.png", contentType: "image/png", bytes: Buffer.from("blue") };
  const answer = await ada.submitModal(press, { prompt: "a blue kite", image: [picture] });
  const form = await submitted;
  await form.deferUpdate();
  await form.followUp({ content: form.fields.getTextInputValue("prompt") });

  expect(form.fields.getUploadedFiles("image")?.map(({ name }) => name)).toEqual(["blue.png"]);
  expect(await answer.reply()).toBe(message);
  expect(server.channel("general").messages.map(({ text }) => text)).toEqual(["queued", "a blue kite"]);
  await expect(ada.submitModal(press, { prompt: "" })).rejects.toThrow("too short");
});

test("autocomplete and context menus", async () => {
  const { message } = await postCard();
  const asked = nextInteraction();
  const typing = server.person("ada").autocomplete({
    name: "video",
    subcommand: "remix",
    options: { video: "kit" },
    focused: "video",
  });
  const interaction = await asked;
  if (!interaction.isAutocomplete()) throw new Error("no autocomplete");
  expect(interaction.options.getFocused()).toBe("kit");
  await interaction.respond([{ name: "a red kite", value: "job_1" }]);
  expect(await typing.choices()).toEqual([{ name: "a red kite", value: "job_1" }]);

  await client.application.commands.set([{ name: "Use as reference", type: 3 }]);
  const picked = nextInteraction();
  server.person("ada").contextMenu("Use as reference", message);
  const menu = await picked;
  if (!menu.isMessageContextMenuCommand()) throw new Error("no context menu");
  expect(menu.targetMessage.id).toBe(message.id);
  await menu.deferReply({ flags: MessageFlags.Ephemeral });
});

test("an answer after three seconds and a second answer are refused", async () => {
  const coming = nextCommand();
  const late = server.person("ada").slash(create);
  const interaction = await coming;
  server.advance(3001);
  await expect(interaction.reply("late")).rejects.toMatchObject({ code: 10062, status: 404 });
  await expect(late.reply()).rejects.toThrow("did not respond");

  const { interaction: answered } = await postCard();
  const again = rest.post(Routes.interactionCallback(answered.id, answered.token), { body: { type: 6 } });
  await expect(again).rejects.toMatchObject({ code: 40060, status: 400 });
});

test("the token dies after 15 minutes, the message can still be edited by its channel", async () => {
  const { interaction, message } = await postCard();
  server.advance(14 * 60_000);
  await interaction.editReply({ components: card("14 minutes") });
  server.advance(2 * 60_000);
  const tooLate = interaction.editReply({ components: card("16 minutes") });
  await expect(tooLate).rejects.toMatchObject({ code: 50027, status: 401 });
  await rest.patch(Routes.channelMessage(message.channelId, message.id), {
    body: { components: card("16") },
  });
  expect(message.revisions.map(({ text }) => text)).toEqual(["queued", "14 minutes", "16"]);
});

test("a deferred answer keeps its privacy and is out of reach of the channel's routes", async () => {
  const coming = nextCommand();
  const command = server.person("ada").slash(create);
  const interaction = await coming;
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const message = await command.reply();
  expect(message.flags & MessageFlags.Loading).toBeTruthy();
  await interaction.followUp({ content: "only you" });

  expect(message).toMatchObject({ text: "only you", visibleTo: interaction.user.id });
  const patch = rest.patch(Routes.channelMessage(message.channelId, message.id), {
    body: { content: "all" },
  });
  await expect(patch).rejects.toMatchObject({ code: 10008, status: 404 });
  expect(() => server.person("grace").press(message, "Remix")).toThrow("does not see");
});

test("a dropped connection is resumed and nothing is lost", async () => {
  server.dropGateway();
  const missed = nextCommand();
  const command = server.person("ada").slash(create);
  const interaction = await missed;
  await interaction.reply({ components: card("queued"), flags: MessageFlags.IsComponentsV2 });
  expect((await command.reply()).text).toBe("queued");
  expect(server.gateway).toMatchObject({ connected: 1, identified: 1, resumed: 1 });
});

test("what a person cannot send is not sent", () => {
  const ada = server.person("ada");
  expect(() => ada.slash({ name: "video" })).toThrow("no subcommand");
  expect(() => ada.slash({ name: "video", subcommand: "create" })).toThrow("it is required");
  expect(() => ada.slash({ ...create, options: { prompt: " " } })).toThrow("too short");
  expect(() => ada.slash({ ...create, options: { prompt: "x", size: "4k" } })).toThrow("none of its choices");
  expect(server.state.interactions.size).toBe(0);
});
