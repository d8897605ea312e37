import { WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import { ServiceError } from "../errors.ts";
import { asServiceError, SLACK_FAILURE } from "./errors.ts";
import { createSlackLogger } from "./slack-logger.ts";

/** A workspace where the app is installed. */
export interface Workspace {
  id: string;
  /** "https://example.slack.com/" */
  url: string;
  token: string;
  botId: string;
  botUserId: string;
  /** The bot's name, as people invite it. */
  botName: string;
  /** Calls the Web API once. @throws ServiceError */
  call<T>(method: (client: WebClient) => Promise<T>): Promise<T>;
}

/** The workspaces by team: the one place that knows which token belongs where. */
export interface Workspaces {
  /** The installation whose token is configured. @throws ServiceError when Slack does not take the token. */
  installed(): Promise<Workspace>;
  /** @throws ServiceError code `no_access` when the app is not installed in that team. */
  of(team: string): Promise<Workspace>;
  /** Without asking Slack: undefined before the first `installed`. */
  known(team: string): Workspace | undefined;
}

/** Longest wait for an answer of the Web API (ms). */
const TIMEOUT_MS = 15_000;

/** One token means one workspace; which one it is, Slack says. */
export function createWorkspaces(options: {
  botToken: string;
  apiUrl: string | undefined;
  logger: Logger;
}): Workspaces {
  const { botToken, apiUrl, logger } = options;
  // Callers know what may be repeated and wait out pauses in the budget, so the client does neither.
  const client = new WebClient(botToken, {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    logger: createSlackLogger(logger),
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    timeout: TIMEOUT_MS,
  });
  let known: Workspace | undefined;

  async function call<T>(method: (client: WebClient) => Promise<T>): Promise<T> {
    try {
      return await method(client);
    } catch (error) {
      throw asServiceError(error);
    }
  }

  async function installed(): Promise<Workspace> {
    if (known) return known;
    const {
      team_id: id,
      url,
      bot_id: botId,
      user_id: botUserId,
      user,
    } = await call(({ auth }) => auth.test());
    if (!id || !url || !botId || !botUserId) {
      throw new ServiceError("slack", "not_a_bot", "SLACK_BOT_TOKEN is no bot token (xoxb-…).", {
        retryable: false,
      });
    }
    known = { id, url, token: botToken, botId, botUserId, botName: user ?? "showreel", call };
    return known;
  }

  return {
    installed,
    async of(team) {
      const workspace = await installed();
      if (workspace.id === team) return workspace;
      const message = `SLACK_BOT_TOKEN belongs to another workspace than ${team}.`;
      throw new ServiceError("slack", SLACK_FAILURE.noAccess, message, { retryable: false });
    },
    known: (team) => (known?.id === team ? known : undefined),
  };
}
