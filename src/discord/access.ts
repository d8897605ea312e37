import { PermissionFlagsBits } from "discord.js";
import { makeRoom } from "../answers.ts";
import { type Destination, DIRECT_MESSAGES } from "../chat/adapter.ts";
import { UserError } from "../errors.ts";

/** What an interaction told of the place it came from. */
interface Place {
  /** Bits of the bot's own permissions there (`app_permissions`); an administrator has all of them. */
  permissions: bigint;
  isThread: boolean;
  isLocked: boolean;
}

/** What the bot may do where it was last asked, so that no request is needed to find out. */
export interface Access {
  remember(channel: string, place: Place): void;
  /** @throws UserError naming what is missing; a place never heard of passes, the post itself will tell. */
  check(destination: Destination): void;
}

const REMEMBERED_MAX = 1_000;

/** Remembers the thousand places that were heard of last. */
export function createAccess(): Access {
  const places = new Map<string, Place>();

  return {
    remember(channel, place) {
      places.delete(channel);
      makeRoom(places, REMEMBERED_MAX);
      places.set(channel, place);
    },

    check({ workspace, channel }) {
      const place = places.get(channel);
      // Between two people no permissions are needed.
      if (!place || workspace === DIRECT_MESSAGES) return;
      const may = (bit: bigint) => (place.permissions & bit) !== 0n;
      const missing = neededIn(place).filter(({ bit }) => !may(bit));
      if (missing.length > 0) throw missingPermissions(missing.map(({ name }) => name));
      if (place.isLocked && !may(PermissionFlagsBits.ManageThreads)) {
        throw new UserError("thread_locked", "This thread is locked, so the video could not be posted here.");
      }
    },
  };
}

function neededIn({ isThread }: Place): { bit: bigint; name: string }[] {
  return [
    { bit: PermissionFlagsBits.ViewChannel, name: "View Channel" },
    isThread
      ? { bit: PermissionFlagsBits.SendMessagesInThreads, name: "Send Messages in Threads" }
      : { bit: PermissionFlagsBits.SendMessages, name: "Send Messages" },
    { bit: PermissionFlagsBits.AttachFiles, name: "Attach Files" },
  ];
}

function missingPermissions(names: string[]): UserError {
  const list = names.map((name) => `“${name}”`).join(", ");
  return new UserError(
    "missing_permissions",
    `I am not allowed to post videos here: ${list} is missing. Someone who manages this server can allow it for me under Edit Channel → Permissions; then try again.`,
  );
}
