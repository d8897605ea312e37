import { ServiceError } from "../errors.ts";

const FOLDER = "[a-z0-9_-]{1,100}";
const KEY = new RegExp(`^${FOLDER}/[a-z0-9_-]{1,100}\\.[a-z0-9]{1,10}$`);
const KEY_OR_FOLDER = new RegExp(`${KEY.source}|^${FOLDER}$`);

/** Whether something can be a file's key; what can is safe as a path below the media folder. */
export function isMediaKey(key: string): boolean {
  return KEY.test(key);
}

/** @throws RangeError when it cannot be a file's key. */
export function requireMediaKey(key: string): void {
  if (!isMediaKey(key)) throw new RangeError(`Not a media key: ${JSON.stringify(key)}`);
}

/** @throws RangeError when it can be neither a file's key nor a folder. */
export function requireMediaKeyOrFolder(key: string): void {
  if (!KEY_OR_FOLDER.test(key))
    throw new RangeError(`Neither a media key nor a folder: ${JSON.stringify(key)}`);
}

/** Whether a file is a thumbnail: small, and what galleries still show when the video itself is no longer kept. */
export function isThumbnail(keyOrFile: string): boolean {
  return /(?:^|\/)thumbnail\.[a-z0-9]+$/.test(keyOrFile);
}

/** What reading a file that is not there ends with. */
export function mediaNotFound(key: string): ServiceError {
  const message = `There is no ${JSON.stringify(key)} in the media store.`;
  return new ServiceError("media", "not_found", message, { retryable: false });
}
