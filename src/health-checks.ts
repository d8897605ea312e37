import type { ChatAdapter } from "./chat/adapter.ts";
import type { Coordination } from "./cluster/coordination.ts";
import type { HealthCheck } from "./health.ts";
import type { BackendPace } from "./jobs/backend-pace.ts";
import type { MediaStore } from "./media/media-store.ts";
import type { Store } from "./store/store.ts";
import type { UnreadableDocuments } from "./store/unreadable.ts";

/** What a process stands on, and hears people by: `listening`. */
export function createHealthChecks(on: {
  store: Pick<Store, "ping">;
  media: Pick<MediaStore, "check">;
  coordination: Pick<Coordination, "alone" | "ping">;
  awaySince: BackendPace["awaySince"];
  unreadable: Pick<UnreadableDocuments, "any">;
  listening: readonly ChatAdapter[];
}): HealthCheck[] {
  const well = (call: () => Promise<void>) => () => call().then(() => true);
  const queue: HealthCheck = {
    name: "queue",
    rank: "vital",
    trouble: "The bot's processes cannot find each other.",
    probe: well(on.coordination.ping),
  };
  return [
    {
      name: "store",
      rank: "vital",
      trouble: "The bot cannot write to its store.",
      probe: well(on.store.ping),
    },
    {
      name: "media",
      rank: "vital",
      trouble: "The bot cannot store videos and pictures.",
      probe: well(on.media.check),
    },
    ...(on.coordination.alone ? [] : [queue]),
    {
      name: "backend",
      rank: "helpful",
      trouble: "The video service does not answer; videos wait for it.",
      probe: async () => on.awaySince() === undefined,
    },
    {
      name: "documents",
      rank: "helpful",
      trouble: "Something that the bot keeps cannot be read; the log names it. All else goes on.",
      probe: async () => !on.unreadable.any(),
    },
    ...on.listening.map((adapter) => ({
      name: adapter.platform,
      rank: "needed" as const,
      trouble: `The bot does not hear ${adapter.platform} right now.`,
      probe: async () => adapter.connected(),
    })),
  ];
}
