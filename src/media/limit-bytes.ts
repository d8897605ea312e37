import { ServiceError } from "../errors.ts";

/** Passes a body on. @throws ServiceError `too_large` instead of a byte more than `maxBytes`. */
export async function* limitBytes(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      const message = `The file is larger than ${maxBytes} bytes.`;
      throw new ServiceError("media", "too_large", message, { retryable: false });
    }
    yield chunk;
  }
}
