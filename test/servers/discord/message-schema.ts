import { z } from "zod";
import { layoutComponents, legacyComponents } from "./component-schema.ts";
import { COMPONENTS_V2 } from "./components.ts";
import { parseForm, snowflake, text } from "./form-body.ts";
import type { Component } from "./types.ts";

const embed = z.looseObject({
  title: text(0, 256).nullish(),
  description: text(0, 4096).nullish(),
  url: z.url().nullish(),
  fields: z
    .array(z.object({ name: text(1, 256), value: text(1, 1024), inline: z.boolean().nullish() }))
    .max(25)
    .nullish(),
});

const allowedMentions = z
  .object({
    parse: z.array(z.enum(["users", "roles", "everyone"])).nullish(),
    users: z.array(snowflake).max(100).nullish(),
    roles: z.array(snowflake).max(100).nullish(),
    replied_user: z.boolean().nullish(),
  })
  .superRefine((value, context) => {
    for (const kind of ["users", "roles"] as const) {
      if (value.parse?.includes(kind) && value[kind]?.length) {
        const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
        const params = { code: "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE" };
        context.addIssue({ code: "custom", message, params });
      }
    }
  });

const attachment = z.object({
  id: z.union([z.string().regex(/^\d+$/), z.int().min(0)]).transform(String),
  filename: text(1, 1024).nullish(),
  description: text(0, 1024).nullish(),
});

const message = z.object({
  content: text(0, 2000).nullish(),
  embeds: z.array(embed).max(10).nullish(),
  components: z.array(z.unknown()).nullish(),
  attachments: z.array(attachment).max(10).nullish(),
  allowed_mentions: allowedMentions.nullish(),
  flags: z.int().min(0).nullish(),
  tts: z.boolean().nullish(),
  nonce: z.union([z.int(), text(0, 25)]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  message_reference: z
    .object({
      message_id: snowflake,
      channel_id: snowflake.nullish(),
      guild_id: snowflake.nullish(),
      fail_if_not_exists: z.boolean().nullish(),
      type: z.literal(0).nullish(),
    })
    .nullish(),
});

/** Who may be notified, as the bot said. */
export type AllowedMentions = z.infer<typeof allowedMentions>;

/** The fields of a message that the bot sent; an absent one is undefined, which an edit leaves as it is. */
export type MessageBody = Omit<z.infer<typeof message>, "components"> & {
  components?: Component[] | null | undefined;
};

/**
 * Reads a message's body. Which components may stand in it depends on the flag: that of the body, or of the message that
 * is edited where the body names no flags.
 */
export function parseMessageBody(body: unknown, presentFlags = 0): MessageBody {
  const fields = parseForm(message, body ?? {});
  const isLayout = ((fields.flags ?? presentFlags) & COMPONENTS_V2) !== 0;
  const schema = z.object({ components: (isLayout ? layoutComponents : legacyComponents).nullish() });
  const { components } = parseForm(schema, { components: fields.components });
  return { ...fields, components };
}
