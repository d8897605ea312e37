/** What goes wrong with one request. In all but `after`, `malformed`, `cutAfter` and `delayMs` the server's state stays as it was. */
export type Fault =
  /** This answer instead of the true one. */
  | { status: number; body?: unknown; headers?: Record<string, string> }
  /** The connection closes before anything is done. */
  | "drop"
  /** The effect happens, the answer is cut in the middle of its JSON. */
  | "malformed"
  /** The effect happens, the connection closes after so many bytes of the answer's body. */
  | { cutAfter: number }
  /** The request waits this long before it is handled. */
  | { delayMs: number }
  /** The effect happens, then the connection closes without an answer. */
  | { after: "drop" };

/** Which requests a fault meets, and how many of them. */
export interface Injection {
  /** Any method when absent. */
  method?: string;
  /** Tested against the path without host, prefix and query. */
  path: RegExp;
  /** 1 by default. */
  times?: number;
  fault: Fault;
}

/** Faults that wait for their request; each is used up after its `times`. */
export function createFaultQueue() {
  const waiting: { injection: Injection; left: number }[] = [];
  return {
    inject: (injection: Injection) => {
      waiting.push({ injection, left: injection.times ?? 1 });
    },
    take: (method: string, path: string): Fault | undefined => {
      const match = waiting.find(
        ({ injection, left }) =>
          left > 0 && (injection.method ?? method) === method && injection.path.test(path),
      );
      if (match) match.left -= 1;
      return match?.injection.fault;
    },
  };
}
