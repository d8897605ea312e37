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
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The store cannot be used now: ${reason}.`;
    throw new ServiceError("store", "unavailable", message, { retryable: true, cause });
  }
}
