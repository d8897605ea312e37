import { createAnswers, makeRoom } from "../answers.ts";
import { ServiceError } from "../errors.ts";
import { SLACK_FAILURE } from "./errors.ts";
import type { Installation, Installations } from "./installations.ts";
import { createWebApiCall, type WebApi, type WebApiCall } from "./web-api.ts";

/** A workspace where the app is installed. */
export interface Workspace extends Installation {
  /** Calls the Web API once; once more where the token was replaced meanwhile. @throws ServiceError */
  call: WebApiCall;
}

/** The workspaces by team: the one place that knows which token belongs where. */
export interface Workspaces {
  /** @throws ServiceError code `no_access` when the app is not installed in that team. */
  of(team: string): Promise<Workspace>;
  /** Undefined where the app is not installed. @throws ServiceError when that cannot be found out. */
  find(team: string): Promise<Workspace | undefined>;
  /** All teams where the app is installed. @throws ServiceError when Slack does not take the configured token. */
  teams(): Promise<string[]>;
  /** "https://example.slack.com/", at once: undefined where this process has not come across the team, which it then looks for. */
  urlOf(team: string): string | undefined;
  /** Where somebody is the bot, as far as this process has come across it. */
  teamOfBot(userId: string): string | undefined;
  /**
   * Slack says that the app was taken out, or its token away: forgets the installation.
   * @returns false where it was installed anew since, as Slack may tell late.
   */
  left(team: string): Promise<boolean>;
}

/** Any process may install or remove one: this old is what this one believes, unless Slack refuses the token (ms). */
const FRESH_MS = 30_000;
/** Workspaces with a client in memory. */
const CLIENTS_MAX = 1_000;
/** Workspaces that are known by address and bot. */
const MET_MAX = 20_000;

/** One client for each workspace that is being talked to. */
export function createWorkspaces(
  options: WebApi & { installations: Installations; now: () => number },
): Workspaces {
  const { installations, now } = options;
  const open = createAnswers<Workspace>({ now, freshMs: FRESH_MS, max: CLIENTS_MAX });
  const urls = new Map<string, string>();
  const bots = new Map<string, string>();

  function note({ id, url, botUserId }: Installation): void {
    keep(urls, id, url);
    keep(bots, botUserId, id);
  }

  const of = (team: string) =>
    open.get(team, async () => {
      const installation = await installations.get(team);
      if (!installation) {
        const message = `The app is not installed in the workspace ${team}.`;
        throw new ServiceError("slack", SLACK_FAILURE.noAccess, message, { retryable: false });
      }
      note(installation);
      return openWorkspace(installation);
    });

  function openWorkspace(installation: Installation): Workspace {
    const callOnce = createWebApiCall(options, installation.token);
    const call: WebApiCall = async (method) => {
      try {
        return await callOnce(method);
      } catch (error) {
        if (!isUnauthorized(error)) throw error;
        // A call that was refused did nothing, so it can be made again.
        return (await successor(installation, error)).call(method);
      }
    };
    return { ...installation, call };
  }

  /** The workspace with the token that took the place of one which Slack takes no more. */
  async function successor({ id, url, token }: Installation, cause: ServiceError): Promise<Workspace> {
    open.forget(id);
    const current = await of(id);
    if (current.token !== token) return current;
    const message = `Slack takes the bot's token for ${url} no more: the app has to be installed there again. ${cause.message}`;
    throw new ServiceError("slack", SLACK_FAILURE.unauthorized, message, { retryable: true, cause });
  }

  async function isTaken({ token }: Installation): Promise<boolean> {
    try {
      await createWebApiCall(options, token)(({ auth }) => auth.test());
      return true;
    } catch {
      // Also where Slack does not answer: what it said before stands.
      return false;
    }
  }

  async function find(team: string): Promise<Workspace | undefined> {
    try {
      return await of(team);
    } catch (error) {
      if (error instanceof ServiceError && error.code === SLACK_FAILURE.noAccess) return undefined;
      throw error;
    }
  }

  return {
    of,
    find,
    async teams() {
      const all = await installations.all();
      all.forEach(note);
      return all.map(({ id }) => id);
    },
    urlOf(team) {
      const url = urls.get(team);
      // Another process may have installed it: the next one who wants to know gets it.
      if (url === undefined) find(team).catch(() => {});
      return url;
    },
    teamOfBot: (userId) => bots.get(userId),
    async left(team) {
      open.forget(team);
      const installation = await installations.get(team);
      if (!installation) return true;
      if (await isTaken(installation)) return false;
      await installations.remove(installation);
      open.forget(team);
      urls.delete(team);
      bots.delete(installation.botUserId);
      return true;
    },
  };
}

/** The newest of so many. */
function keep(map: Map<string, string>, key: string, value: string): void {
  map.delete(key);
  makeRoom(map, MET_MAX);
  map.set(key, value);
}

function isUnauthorized(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.code === SLACK_FAILURE.unauthorized;
}
