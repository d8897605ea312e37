import { WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import { asServiceError } from "./errors.ts";
import { createSlackLogger } from "./slack-logger.ts";

/** Calls the Web API once. @throws ServiceError */
export type WebApiCall = <T>(method: (client: WebClient) => Promise<T>) => Promise<T>;

/** Where the Web API is. */
export interface WebApi {
  /** Its base; undefined: Slack's own. */
  apiUrl: string | undefined;
  logger: Logger;
}

/** Longest wait for an answer (ms). */
const TIMEOUT_MS = 15_000;

/** Calls with a token, or without one where the method takes none. */
export function createWebApiCall({ apiUrl, logger }: WebApi, token?: string): WebApiCall {
  // Callers know what may be repeated and wait out pauses in the budget, so the client does neither.
  const client = new WebClient(token, {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    logger: createSlackLogger(logger),
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    timeout: TIMEOUT_MS,
  });
  return async (method) => {
    try {
      return await method(client);
    } catch (error) {
      throw asServiceError(error);
    }
  };
}
