import { TransformStream } from "node:stream/web";
import { type Metrics, measured } from "../metrics/metrics.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import type { BackendPace } from "./backend-pace.ts";

/** A client of which every call tells the pace and the metrics how it ended. */
export function createPacedClient(
  videos: VideosClient,
  pace: Pick<BackendPace, "note">,
  metrics: Pick<Metrics, "called" | "bytes">,
): VideosClient {
  function heard<A extends unknown[], R>(
    operation: "create" | "read",
    kind: string,
    call: (...args: A) => Promise<R>,
  ) {
    const told = measured(metrics, "backend", kind, call);
    return async (...args: A): Promise<R> => {
      try {
        const answer = await told(...args);
        pace.note(operation);
        return answer;
      } catch (error) {
        pace.note(operation, error);
        throw error;
      }
    };
  }
  const download = heard("read", "download", videos.download);

  /** Counts what arrives, whoever reads it and however it ends. */
  function counting() {
    return new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        metrics.bytes("backend", chunk.byteLength);
        controller.enqueue(chunk);
      },
    });
  }

  return {
    create: heard("create", "create", videos.create),
    remix: heard("create", "remix", videos.remix),
    edit: heard("create", "edit", videos.edit),
    extend: heard("create", "extend", videos.extend),
    retrieve: heard("read", "retrieve", videos.retrieve),
    list: heard("read", "list", videos.list),
    delete: heard("read", "delete", videos.delete),
    download: async (...args) => (await download(...args)).pipeThrough(counting()),
    supports: videos.supports,
  };
}
