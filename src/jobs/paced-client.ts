import type { VideosClient } from "../videos/videos-client.ts";
import type { BackendPace } from "./backend-pace.ts";

/** A client of which every call tells the pace how it ended. */
export function createPacedClient(videos: VideosClient, pace: Pick<BackendPace, "note">): VideosClient {
  function heard<A extends unknown[], R>(operation: "create" | "read", call: (...args: A) => Promise<R>) {
    return async (...args: A): Promise<R> => {
      try {
        const answer = await call(...args);
        pace.note(operation);
        return answer;
      } catch (error) {
        pace.note(operation, error);
        throw error;
      }
    };
  }
  return {
    create: heard("create", videos.create),
    remix: heard("create", videos.remix),
    edit: heard("create", videos.edit),
    extend: heard("create", videos.extend),
    retrieve: heard("read", videos.retrieve),
    list: heard("read", videos.list),
    delete: heard("read", videos.delete),
    download: heard("read", videos.download),
    supports: videos.supports,
  };
}
