import { HTTPException } from "hono/http-exception";

/** Reads a form that was sent. @throws HTTPException 400 for a body that is none, or one that was cut. */
export async function readBody<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const message = "That is no form of this page. Load the page again.";
    throw new HTTPException(400, { message, cause });
  }
}
