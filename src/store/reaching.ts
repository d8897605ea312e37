import { ServiceError } from "../errors.ts";

/**
 * Calls the database. Whatever it says, it may answer again later: a disk that is full or gone is somebody's to mend.
 * @throws ServiceError `unavailable`, retryable.
 */
export async function reaching<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    const message = `The store cannot be used now: ${reasonOf(cause)}.`;
    throw new ServiceError("store", "unavailable", message, { retryable: true, cause });
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // By this ioredis says that the line was cut, or not there, and names a setting of its own.
  if (cause.name === "MaxRetriesPerRequestError") return "there is no connection to Redis";
  return cause.message.replace(/\.$/, "");
}
