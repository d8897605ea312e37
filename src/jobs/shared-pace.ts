import type { BackendNews } from "../cluster/coordination.ts";
import { ServiceError } from "../errors.ts";
import type { BackendPace } from "./backend-pace.ts";

/** What holds for all processes: the backend asked for silence, or its account has no money. */
const EVERYBODYS: readonly string[] = ["rate_limited", "insufficient_quota"];

/** A pace that tells the other processes what it finds, and goes by what they find. */
export function createSharedPace(pace: BackendPace, news: BackendNews): BackendPace {
  news.hear(({ operation, code, retryAfterMs }) =>
    pace.note(
      operation,
      code === undefined
        ? undefined
        : new ServiceError("videos", code, "Another process was told so.", { retryable: true, retryAfterMs }),
    ),
  );
  return {
    ...pace,
    note(operation, error) {
      const waited = pace.waiting() !== undefined;
      pace.note(operation, error);
      if (operation === "probe") return;
      if (error === undefined && waited && operation === "create") news.tell({ operation });
      if (!(error instanceof ServiceError) || !EVERYBODYS.includes(error.code)) return;
      const { code, retryAfterMs } = error;
      news.tell({ operation, code, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    },
  };
}
