/**
 * The loop of the Videos API's own documentation as a Discord bot, for comparison: one loop a job, which retrieves its video
 * every POLL_INTERVAL_MS, edits the answer each time, then downloads the file whole and attaches it. As good as it can be
 * without being something else: a question that fails is asked again next time, an edit that fails is left out, and
 * answers are edited by the interaction's token, which Discord counts against no limit for all.
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ApplicationCommandOptionType,
  type ChatInputCommandInteraction,
  Client,
  Events,
  GatewayIntentBits,
} from "discord.js";
import OpenAI from "openai";

const { DISCORD_TOKEN = "", DISCORD_API_URL = "", POLL_INTERVAL_MS } = process.env;
const intervalMs = Number(POLL_INTERVAL_MS);
const openai = new OpenAI();
const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: DISCORD_API_URL } });

async function make(interaction: ChatInputCommandInteraction): Promise<void> {
  await interaction.deferReply();
  const prompt = interaction.options.getString("prompt", true);
  let video = await openai.videos.create({ prompt, model: "sora-2" });
  while (video.status === "queued" || video.status === "in_progress") {
    await sleep(intervalMs);
    video = await openai.videos.retrieve(video.id).catch(() => video);
    await interaction.editReply(`${prompt}: ${video.progress} %`).catch(() => undefined);
  }
  if (video.status === "failed") throw new Error(video.error?.message);
  const response = await openai.videos.downloadContent(video.id);
  const file = Buffer.from(await response.arrayBuffer());
  await interaction.editReply({ content: prompt, files: [{ attachment: file, name: `${video.id}.mp4` }] });
}

client.on(Events.InteractionCreate, (interaction) => {
  if (!interaction.isChatInputCommand()) return;
  make(interaction).catch((error: Error) => console.error(error.message));
});
process.once("SIGTERM", () => process.exit(0));
const ready = once(client, Events.ClientReady);
await client.login(DISCORD_TOKEN);
await ready;
await client.application?.commands.set([
  {
    name: "video",
    description: "Makes videos",
    options: [
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: "create",
        description: "Makes a video",
        options: [
          {
            type: ApplicationCommandOptionType.String,
            name: "prompt",
            description: "What it shows",
            required: true,
          },
        ],
      },
    ],
  },
]);
console.log(JSON.stringify({ msg: "ready" }));
