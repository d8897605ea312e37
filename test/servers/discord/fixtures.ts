import { ApplicationCommandOptionType } from "discord.js";

const prompt = {
  type: ApplicationCommandOptionType.String as const,
  name: "prompt",
  description: "What to show",
  required: true,
  max_length: 3000,
};

/** A command with the kinds of options that people use, for tests of the server itself. */
export const videoCommand = {
  name: "video",
  description: "Makes videos",
  options: [
    {
      type: ApplicationCommandOptionType.Subcommand as const,
      name: "create",
      description: "Makes a video",
      options: [
        prompt,
        {
          type: ApplicationCommandOptionType.Attachment as const,
          name: "image",
          description: "Reference picture",
        },
        {
          type: ApplicationCommandOptionType.String as const,
          name: "size",
          description: "Width and height",
          choices: [
            { name: "portrait", value: "720x1280" },
            { name: "landscape", value: "1280x720" },
          ],
        },
      ],
    },
    {
      type: ApplicationCommandOptionType.Subcommand as const,
      name: "remix",
      description: "Changes a video",
      options: [
        {
          type: ApplicationCommandOptionType.String as const,
          name: "video",
          description: "Which one",
          required: true,
          autocomplete: true,
        },
        prompt,
      ],
    },
  ],
};
