/** A mistake a person can mend: `message` is shown to them word for word, privately. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly code: string;
  readonly option: string | undefined;

  /**
   * @param code stable, for logs and tests; @param message a whole sentence: what happened, what to do;
   * @param option the command's option that it is about, so that a form can say it there.
   */
  constructor(code: string, message: string, option?: string) {
    super(message);
    this.code = code;
    this.option = option;
  }
}

/** A remote service refused or failed; `retryable` ones are backed off, the others fail the job. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly service: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;

  constructor(
    service: string,
    code: string,
    message: string,
    details: {
      retryable: boolean;
      retryAfterMs?: number | undefined;
      requestId?: string | undefined;
      cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.service = service;
    this.code = code;
    this.retryable = details.retryable;
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
  }
}
