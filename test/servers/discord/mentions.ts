import type { AllowedMentions } from "./message-schema.ts";

/** Whom a text mentions and who of them is told. */
export interface Mentions {
  users: string[];
  everyone: boolean;
}

/**
 * Whom Discord would notify for a text. Without `allowed` everything in the text counts; code is never a mention.
 * Source: Discord's documentation of the allowed mentions object.
 */
export function findMentions(
  text: string,
  allowed: AllowedMentions | null | undefined,
  repliedTo: string | undefined,
): Mentions {
  const prose = text.replace(/```[\s\S]*?```|``[\s\S]*?``|`[^`\n]*`/g, " ");
  const parse = allowed ? (allowed.parse ?? []) : ["users", "roles", "everyone"];
  const mayNotify = (id: string) => parse.includes("users") || Boolean(allowed?.users?.includes(id));
  const named = [...prose.matchAll(/<@!?(\d+)>/g)].map(([, id = ""]) => id).filter(mayNotify);
  const tellsAuthor = allowed ? allowed.replied_user === true : true;
  const users = repliedTo !== undefined && tellsAuthor ? [...named, repliedTo] : named;
  return {
    users: [...new Set(users)],
    everyone: parse.includes("everyone") && /@(everyone|here)/.test(prose),
  };
}
