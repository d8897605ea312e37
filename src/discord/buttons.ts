import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInMessageActionRow,
  ButtonStyle,
  ComponentType,
} from "discord.js";
import { type ButtonTarget, type CardButton, decodeButton, encodeButton } from "../chat/card.ts";
import type { PageButton } from "../chat/page.ts";

/** Discord's limits of a button and of a row of them (its documentation, "Component Reference"). */
const LABEL_MAX = 80;
const ID_MAX = 100;
const URL_MAX = 512;
const ROW_BUTTONS_MAX = 5;
const STYLES = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} satisfies Record<CardButton["style"], ButtonStyle>;
/** What makes the ids of buttons differ that mean the same. */
const REPETITION = /#\d+$/;

type Row = APIActionRowComponent<APIComponentInMessageActionRow>;

/** Makes rows of buttons for one message, in which Discord takes no two buttons with the same id. */
export function createButtonRows(): (buttons: readonly (CardButton | PageButton)[]) => Row[] {
  const taken = new Set<string>();

  function freeId(target: ButtonTarget): string | undefined {
    const id = encodeButton(target);
    let free = id;
    for (let count = 2; taken.has(free); count++) free = `${id}#${count}`;
    if (free.length > ID_MAX) return undefined;
    taken.add(free);
    return free;
  }

  function button(shown: CardButton | PageButton): APIButtonComponent[] {
    const type = ComponentType.Button;
    const label = shown.label.slice(0, LABEL_MAX).toWellFormed();
    if ("link" in shown) {
      return canLink(shown.link) ? [{ type, style: ButtonStyle.Link, label, url: shown.link }] : [];
    }
    const custom_id = freeId(shown);
    return custom_id === undefined ? [] : [{ type, style: STYLES[shown.style], label, custom_id }];
  }

  return (buttons) => {
    const all = buttons.flatMap(button);
    return Array.from({ length: Math.ceil(all.length / ROW_BUTTONS_MAX) }, (_, row) => ({
      type: ComponentType.ActionRow,
      components: all.slice(row * ROW_BUTTONS_MAX, (row + 1) * ROW_BUTTONS_MAX),
    }));
  };
}

/** What a button's `custom_id` means; undefined for anything that is not ours. */
export function readButton(customId: string): ButtonTarget | undefined {
  return decodeButton(customId.replace(REPETITION, ""));
}

function canLink(address: string): boolean {
  const isWeb = /^https?:\/\//.test(address) && URL.canParse(address);
  return isWeb && address.length <= URL_MAX;
}
