import type { ContentfulStatusCode } from "hono/utils/http-status";

/** A refusal in the shape of OpenAI's API. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: ContentfulStatusCode;
  readonly type: string;
  readonly code: string | null;
  readonly param: string | null;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    details: {
      status?: ContentfulStatusCode;
      type?: string;
      code?: string;
      param?: string;
      retryAfterSeconds?: number | undefined;
    },
  ) {
    super(message);
    this.status = details.status ?? 400;
    this.type = details.type ?? "invalid_request_error";
    this.code = details.code ?? null;
    this.param = details.param ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  /** The body of the answer. */
  get body() {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

/** There is no such thing, or no longer. */
export function notFound(message: string): ApiError {
  return new ApiError(message, { status: 404, code: "not_found" });
}
