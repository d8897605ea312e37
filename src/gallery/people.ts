import type { Actor, Destination } from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import type { Gallery } from "./gallery.ts";

/** Somebody who made videos. */
export interface Person {
  id: string;
  name: string;
}

/** Finds out whom people mean. */
export interface People {
  /** "me", a mention, an id, or the name of somebody with videos in that channel. @throws UserError */
  resolve(text: string, asker: { actor: Actor; destination: Destination }): Promise<Person>;
  /** Those with videos in that channel whose name contains `text`. */
  suggest(text: string, channel: Destination): Promise<Person[]>;
}

const MENTION = /^<@!?([A-Za-z0-9]+)(?:\|[^>]*)?>$/;
/** Discord's and Slack's ids of people. */
const ID = /^(\d{15,20}|[UW][A-Z0-9]{6,})$/;

/** Knows whoever stands in a channel's gallery. */
export function createPeople({ gallery }: { gallery: Gallery }): People {
  return {
    async resolve(text, { actor, destination }) {
      const said = text.trim().replace(/^@/, "");
      const wanted = MENTION.exec(text.trim())?.[1] ?? said;
      if (wanted.toLowerCase() === "me" || wanted === actor.id) return actor;
      const { people } = await gallery.facets(destination);
      const byId = people.find(({ id }) => id === wanted);
      if (byId) return byId;
      const named = people.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
      const [person, ...others] = named;
      if (person && others.length === 0) return person;
      if (ID.test(wanted)) return { id: wanted, name: wanted };
      const message = person
        ? `Several people here are called “${said.slice(0, 60)}”. Pick one from the list that is offered while you type.`
        : `Nobody called “${said.slice(0, 60)}” has made a video in this channel.`;
      throw new UserError("unknown_person", message, "by");
    },

    async suggest(text, channel) {
      const wanted = text.trim().replace(/^@/, "").toLowerCase();
      const { people } = await gallery.facets(channel);
      return people.filter(({ name }) => name.toLowerCase().includes(wanted));
    },
  };
}
