const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Makes text harmless where Slack reads markup: no mention, no link (docs.slack.dev/messaging/formatting-message-text). */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

/** `<@U1|ada>`, `<#C1|general>`, `<!here>`, `<https://example.com|example.com>` */
const REFERENCE = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;
const SIGNS: Readonly<Record<string, string>> = { "@": "@", "#": "#", "!": "@" };

/** Gives back what a person typed behind a slash command: references as they looked, the three escapes undone. */
export function typedText(text: string): string {
  return text
    .replaceAll(REFERENCE, (_whole, sign: string, target: string, label: string | undefined) => {
      const shown = label ?? target;
      const prefix = SIGNS[sign] ?? "";
      return shown.startsWith(prefix) ? shown : prefix + shown;
    })
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
