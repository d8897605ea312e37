import type { Logger } from "pino";
import { ServiceError } from "../errors.ts";
import type { ChatAdapter, PlatformName } from "./adapter.ts";
import type { Line } from "./rich-text.ts";

/** Tells whoever runs the bot about trouble that only they can mend; never throws. */
export type OperatorNotice = (trouble: { kind: string; lines: Line[] }) => Promise<void>;

/** The same trouble is told once in this time (ms): a broken key fails every job. */
const QUIET_MS = 3_600_000;

/** @param address OPERATOR_NOTICE: platform, colon, id of a channel or a person; undefined: the log alone. */
export function createOperatorNotice(options: {
  address: string | undefined;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  now: () => number;
  logger: Logger;
}): OperatorNotice {
  const { address, adapters, now, logger } = options;
  const told = new Map<string, number>();
  const [platform, ...rest] = address?.split(":") ?? [];
  const to = rest.join(":");

  return async function notice({ kind, lines }) {
    if ((told.get(kind) ?? Number.NEGATIVE_INFINITY) > now() - QUIET_MS) return;
    told.set(kind, now());
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
