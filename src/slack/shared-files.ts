import type { Destination } from "../chat/adapter.ts";
import type { Store } from "../store/store.ts";

/** Where the bot's videos stand: Slack names the file alone when somebody deletes it. */
export interface SharedFiles {
  note(fileId: string, message: Destination): Promise<void>;
  messageOf(team: string, fileId: string): Promise<Destination | undefined>;
  forget(team: string, fileId: string): Promise<void>;
}

/** Kept in the store for as long as the file is there. */
export function createSharedFiles(store: Store): SharedFiles {
  const shared = store.collection<Destination>({ name: "slack-shared-file", version: 1 });
  return {
    async note(fileId, message) {
      await shared.update(`${message.workspace}:${fileId}`, () => message);
    },
    messageOf: (team, fileId) => shared.get(`${team}:${fileId}`),
    forget: (team, fileId) => shared.delete(`${team}:${fileId}`),
  };
}
