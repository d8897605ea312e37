import { AsyncLocalStorage } from "node:async_hooks";

/** What a log line is about, wherever it is written. */
export interface LogFields {
  jobId?: string;
  platform?: string;
  /** The chat platform's id of the request. */
  requestId?: string;
}

const contexts = new AsyncLocalStorage<LogFields>();

/** Runs something whose log lines carry these fields, and none of whoever called it. */
export function inLogContext<T>(fields: LogFields, work: () => T): T {
  return contexts.run({ ...fields }, work);
}

/** From here on the lines of what is being done carry these, too. */
export function addToLogContext(fields: LogFields): void {
  Object.assign(contexts.getStore() ?? {}, fields);
}

/** The fields of the line that is being written: pino's `mixin`, which wants an object of its own. */
export function logContext(): LogFields {
  return { ...contexts.getStore() };
}
