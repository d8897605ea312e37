import { type Logger, LogLevel, WebAPIPlatformError, WebClient } from "@slack/web-api";

const ignore = () => {};

/** For clients whose failures are meant. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  setLevel: ignore,
  setName: ignore,
  getLevel: () => LogLevel.ERROR,
};

/** The real client, which says what went wrong at once and does not try again. */
export function createWebClient({ apiUrl, token }: { apiUrl: string; token: string }): WebClient {
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silentLogger,
  });
}

/** The answer with which Slack refused a call: its error word, and what it says about it. */
export async function refusalOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WebAPIPlatformError)) throw new Error(`expected an error word, got ${error}`);
  const { messages = [] } = error.data.response_metadata ?? {};
  const needed = "needed" in error.data ? error.data.needed : undefined;
  return { error: error.data.error, messages, needed };
}
