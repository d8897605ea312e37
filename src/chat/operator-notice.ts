import type { Logger } from "pino";
import { ServiceError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import type { ChatAdapter, PlatformName } from "./adapter.ts";
import type { Line } from "./rich-text.ts";

/** Tells whoever runs the bot about trouble that only they can mend; never throws. */
export type OperatorNotice = (trouble: { kind: string; lines: Line[] }) => Promise<void>;

/** The same trouble is told once in this time (ms): a broken key fails every job. */
const QUIET_MS = 3_600_000;

/** @param address OPERATOR_NOTICE: platform, colon, id of a channel or a person; undefined: the log alone. */
export function createOperatorNotice(options: {
  address: string | undefined;
  store: Store;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  now: () => number;
  logger: Logger;
}): OperatorNotice {
  const { address, store, adapters, now, logger } = options;
  const told = new Map<string, number>();
  const isOld = (at: number | undefined) => at === undefined || at <= now() - QUIET_MS;
  const toldByAny = store.collection<{ at: number }>({ name: "notice", version: 1, ttlMs: QUIET_MS });
  const [platform, ...rest] = address?.split(":") ?? [];
  const to = rest.join(":");

  /** Whether no process has told of it lately. The store may be just what is in trouble. */
  async function isNews(kind: string): Promise<boolean> {
    if (!isOld(told.get(kind))) return false;
    told.set(kind, now());
    let isNew = true;
    await toldByAny
      .update(kind, (notice) => {
        isNew = isOld(notice?.at);
        return isNew ? { at: now() } : notice;
      })
      .catch(() => {});
    return isNew;
  }

  return async function notice({ kind, lines }) {
    if (!(await isNews(kind))) return;
    const adapter = [...adapters.values()].find((candidate) => candidate.platform === platform);
    try {
      await adapter?.tell?.(to, { tone: "error", lines });
    } catch (err) {
      logger.warn(
        { err, kind, code: err instanceof ServiceError ? err.code : undefined },
        "operator not told",
      );
    }
  };
}
