import { ServiceError } from "../errors.ts";
import { createWebApiCall, type WebApi } from "./web-api.ts";

/** A workspace where the app is installed, and the bot's token there. */
export interface Installation {
  id: string;
  /** "https://example.slack.com/" */
  url: string;
  token: string;
  botId: string;
  botUserId: string;
  /** The bot's name, as people invite it. */
  botName: string;
}

/** Where the app is installed. */
export interface Installations {
  /** @throws ServiceError when Slack does not take the configured token. */
  get(team: string): Promise<Installation | undefined>;
  /** @throws ServiceError as `get`. */
  all(): Promise<Installation[]>;
  /** Forgets one whose token Slack takes no more, unless another one took its place. */
  remove(installation: Installation): Promise<void>;
}

/** Code of the failure for a token that is another kind than a bot's. */
export const NOT_A_BOT = "not_a_bot";

/** The one installation whose token is configured; which workspace it is, Slack says. */
export function createConfiguredInstallation(token: string, api: WebApi): Installations {
  let known: Installation | undefined;

  async function ask(): Promise<Installation> {
    known ??= await describeInstallation(token, api);
    return known;
  }

  return {
    async get(team) {
      const installation = await ask();
      return installation.id === team ? installation : undefined;
    },
    all: async () => [await ask()],
    // Its token is a setting: whoever runs the bot sets another.
    remove: async () => {},
  };
}

/** Whose a bot's token is. @throws ServiceError, of code `NOT_A_BOT` for another kind of token. */
export async function describeInstallation(token: string, api: WebApi): Promise<Installation> {
  const call = createWebApiCall(api, token);
  const {
    team_id: id,
    url,
    bot_id: botId,
    user_id: botUserId,
    user: botName = "showreel",
  } = await call(({ auth }) => auth.test());
  if (!id || !url || !botId || !botUserId) {
    throw new ServiceError("slack", NOT_A_BOT, "That is no token of a bot (xoxb-…).", { retryable: false });
  }
  return { id, url, token, botId, botUserId, botName };
}
