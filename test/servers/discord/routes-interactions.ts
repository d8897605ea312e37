import { InteractionResponseType } from "discord.js";
import { z } from "zod";
import { type HttpRequest, route } from "../http-server.ts";
import type { Clock } from "./clock.ts";
import { invalidFormBody, refusal } from "./errors.ts";
import { parseForm, text } from "./form-body.ts";
import { type InteractionDesk, takesAnswer } from "./interactions.ts";
import { parseMessageBody } from "./message-schema.ts";
import { EPHEMERAL, LOADING, type MessageWriter } from "./messages.ts";
import { parseModal } from "./modal-schema.ts";
import type { MessagePresenter } from "./present-message.ts";
import type { DiscordState, Interaction, StoredMessage } from "./state.ts";

const callback = z.object({ type: z.int(), data: z.unknown().optional() });
const deferral = z.object({ flags: z.literal([0, EPHEMERAL]).nullish() }).nullish();
const suggestions = z.object({
  choices: z.array(z.object({ name: text(1, 100), value: z.union([text(0, 100), z.number()]) })).max(25),
});

type Files = HttpRequest["files"];

/** First answers to interactions, and the webhook calls that their tokens allow. */
export function interactionRoutes(deps: {
  state: DiscordState;
  clock: Clock;
  desk: InteractionDesk;
  writer: MessageWriter;
  presentMessage: MessagePresenter;
}) {
  const { state, clock, desk, writer, presentMessage } = deps;

  function post(interaction: Interaction, payload: unknown, files: Files): StoredMessage {
    const { channel, attachmentSizeLimit: sizeLimit } = interaction;
    const message = { body: parseMessageBody(payload), files };
    const posted = writer.create({ channel, author: state.bot.user, message, sizeLimit, interaction });
    interaction.responses.push(posted);
    return posted;
  }

  function edit(interaction: Interaction, stored: StoredMessage, payload: unknown, files: Files) {
    const message = { body: parseMessageBody(payload, stored.flags), files };
    return writer.edit(stored, message, interaction.attachmentSizeLimit);
  }

  /** What each type of first answer does; throws before it has changed anything. */
  const effects: Record<number, (interaction: Interaction, data: unknown, files: Files) => void> = {
    [InteractionResponseType.ChannelMessageWithSource]: (interaction, data, files) => {
      interaction.original = post(interaction, data, files);
    },
    [InteractionResponseType.DeferredChannelMessageWithSource]: (interaction, data) => {
      const { flags } = parseForm(deferral, data) ?? {};
      interaction.original = writer.createLoading(interaction, flags === EPHEMERAL);
      interaction.responses.push(interaction.original);
    },
    [InteractionResponseType.DeferredMessageUpdate]: (interaction) => {
      interaction.original = interaction.source;
    },
    [InteractionResponseType.UpdateMessage]: (interaction, data, files) => {
      const { source } = interaction;
      if (!source || source.deleted) throw refusal("unknownMessage");
      interaction.original = edit(interaction, source, data, files);
    },
    [InteractionResponseType.ApplicationCommandAutocompleteResult]: (interaction, data) => {
      interaction.choices = parseForm(suggestions, data).choices;
    },
    [InteractionResponseType.Modal]: (interaction, data) => {
      interaction.modal = parseModal(data);
    },
  };

  function callbackResponse({ id, type, original, callback: first, channel }: Interaction) {
    const message = original && {
      response_message_id: original.id,
      response_message_loading: (original.flags & LOADING) !== 0,
      response_message_ephemeral: original.visibleTo !== undefined,
    };
    const hasResource =
      first?.type === InteractionResponseType.ChannelMessageWithSource ||
      first?.type === InteractionResponseType.UpdateMessage;
    const resource = { type: first?.type, message: original && presentMessage(original) };
    const place = { channel_id: channel.id, ...(channel.guildId ? { guild_id: channel.guildId } : {}) };
    return { interaction: { id, type, ...place, ...message }, ...(hasResource ? { resource } : {}) };
  }

  return [
    route("POST /interactions/{interaction_id}/{interaction_token}/callback", (request) => {
      const { params, payload, files, query } = request;
      const interaction = desk.unanswered(params.interaction_id, params.interaction_token);
      const { type, data } = parseForm(callback, payload);
      const effect = effects[type];
      if (!effect || !takesAnswer(interaction, type)) {
        const message = "This type of answer does not fit this type of interaction.";
        throw invalidFormBody([{ path: ["type"], code: "BASE_TYPE_CHOICES", message }]);
      }
      effect(interaction, data, files);
      interaction.callback = { type, afterMs: clock.now() - interaction.createdAt };
      if (query.get("with_response") !== "true") return { status: 204 };
      return { status: 200, body: callbackResponse(interaction) };
    }),

    route("POST /webhooks/{webhook_id}/{webhook_token}", ({ params, payload, files }) => {
      const interaction = desk.answered(params.webhook_id, params.webhook_token);
      const { original } = interaction;
      const isWaiting = original !== undefined && !original.deleted && (original.flags & LOADING) !== 0;
      const message = isWaiting
        ? edit(interaction, original, payload, files)
        : post(interaction, payload, files);
      return { status: 200, body: presentMessage(message) };
    }),

    ...(["@original", "{message_id}"] as const).flatMap((name) => [
      route(`GET /webhooks/{webhook_id}/{webhook_token}/messages/${name}`, ({ params }) => {
        const message = find(params);
        return { status: 200, body: presentMessage(message) };
      }),
      route(`PATCH /webhooks/{webhook_id}/{webhook_token}/messages/${name}`, (request) => {
        const { params, payload, files } = request;
        const interaction = desk.answered(params.webhook_id, params.webhook_token);
        const message = edit(interaction, find(params), payload, files);
        return { status: 200, body: presentMessage(message) };
      }),
      route(`DELETE /webhooks/{webhook_id}/{webhook_token}/messages/${name}`, ({ params }) => {
        writer.remove(find(params));
        return { status: 204 };
      }),
    ]),
  ];

  function find(params: { webhook_id: string; webhook_token: string; message_id?: string }): StoredMessage {
    const interaction = desk.answered(params.webhook_id, params.webhook_token);
    return desk.response(interaction, params.message_id ?? "@original");
  }
}
