import type { RequestListener } from "node:http";
import type { Logger } from "pino";
import type { ChatAdapter, ChatHandler, Destination, Draw } from "../chat/adapter.ts";
import type { Offer } from "../chat/offer.ts";
import { UserError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import type { Catalog } from "../videos/catalog.ts";
import { reopenAttachment } from "./attachments.ts";
import { createChannels } from "./channels.ts";
import { createConnection } from "./connection.ts";
import { createDelivery } from "./delivery.ts";
import { asServiceError, SLACK_FAILURE } from "./errors.ts";
import { listenToEvents } from "./events.ts";
import { createForgetting } from "./forgetting.ts";
import { createEars, type Ears } from "./heard.ts";
import { createConfiguredInstallation, type Installations, NOT_A_BOT } from "./installations.ts";
import { listenToInteractions } from "./interactions.ts";
import { createLink } from "./links.ts";
import { listenToWords } from "./mentions.ts";
import { cardMessage, deliveredMessage, noticeMessage } from "./messages.ts";
import { createOAuth, type OAuth, type OAuthClient } from "./oauth.ts";
import { createPeople } from "./people.ts";
import { createPictures } from "./pictures.ts";
import { createReaders } from "./readers.ts";
import { createRetraction } from "./retraction.ts";
import { createScreen } from "./screen.ts";
import { createSharedFiles } from "./shared-files.ts";
import { createStoredInstallations } from "./stored-installations.ts";
import { listenToSubmissions } from "./submissions.ts";
import { createWorkspaces } from "./workspaces.ts";

/** Slack as a chat platform. */
export interface SlackAdapter extends ChatAdapter {
  /** HTTP mode: to be called for POST /slack/events with the request's body unread. */
  readonly http?: RequestListener;
  /** Where people install the app by OAuth. */
  readonly install?: Pick<OAuth, "begin" | "finish">;
}

interface Options {
  /** `xoxb-…`: the one workspace that it belongs to; or the app's credentials: all workspaces that install it. */
  access: { botToken: string } | OAuthClient;
  /** `xapp-…`: Socket Mode. */
  appToken?: string | undefined;
  /** Without an app token: HTTP. */
  signingSecret?: string | undefined;
  /** Base of the Web API; undefined: Slack's own. */
  apiUrl?: string | undefined;
  /** Where the bot remembers which files Slack was given, and its installations. */
  store: Store;
  catalog: Catalog;
  offer: Offer;
  logger: Logger;
  now: () => number;
}

/** Workspaces that the log names when the bot starts. */
const LOGGED_MAX = 5;

/** Connects the bot to Slack: to one workspace, or to all where it is installed. */
export function createSlackAdapter(options: Options): SlackAdapter {
  const { appToken, signingSecret, apiUrl, store, catalog, offer, logger, now } = options;
  let handler: ChatHandler | undefined;
  const { installations, install } = openAccess(options, async (workspace) => {
    // Before the start nobody needs to be told: that tells of all there are.
    await handler?.event({ kind: "joined", platform: "slack", workspace });
  });
  const workspaces = createWorkspaces({ installations, apiUrl, now, logger });
  const channels = createChannels({ workspaces, now, logger });
  const people = createPeople({ now, logger });
  const connection = createConnection({ appToken, signingSecret, apiUrl, workspaces, logger });
  const { canRead } = createReaders({ workspaces, now });
  const link = createLink(workspaces);
  const sharedFiles = createSharedFiles(store);
  const pictures = createPictures({ store, logger });
  const screen = createScreen({ pictures, logger });
  const deliver = createDelivery({ workspaces, channels, sharedFiles, link, logger });
  const retract = createRetraction({ workspaces, channels, sharedFiles, pictures, logger });
  const forget = createForgetting({ workspaces, sharedFiles, pictures, logger });
  let ears: Ears | undefined;

  return {
    platform: "slack",
    ...(connection.http && { http: connection.http }),
    ...(install && { install }),

    attach(core) {
      handler = core;
    },

    async start(core) {
      handler = core;
      const teams = await workspaces.teams().catch(blame("SLACK_BOT_TOKEN"));
      const { app } = connection;
      ears = createEars({ handler, workspaces, people, channels, catalog, screen, logger });
      listenToInteractions({ app, ears, apiUrl, logger });
      listenToSubmissions({ app, ears, store, apiUrl, logger });
      listenToWords({ app, ears, workspaces, offer });
      listenToEvents({ app, handler, ears, workspaces, sharedFiles, logger });
      await connection.start().catch(blame("SLACK_APP_TOKEN"));
      logger.info({ workspaces: teams.length, first: teams.slice(0, LOGGED_MAX) }, "connected to Slack");
      void ears.track(handler.event({ kind: "present", platform: "slack", workspaces: teams }));
    },

    async stop() {
      connection.stop();
      await ears?.stop();
      await connection.close();
    },

    connected: connection.connected,
    draws,
    checkAccess: channels.check,
    postCard: (destination, card) => channels.post(destination, cardMessage(card)),
    async postDirect({ workspace }, { id }, card) {
      const { call } = await workspaces.of(workspace);
      // A person's id leads to their conversation with the bot, whose own id comes back.
      const { channel, ts } = await call(({ chat }) =>
        chat.postMessage({ channel: id, ...cardMessage(card) }),
      );
      if (channel === undefined || ts === undefined) throw new Error("Slack named no message.");
      return { platform: "slack", workspace, channel, message: ts };
    },
    // A post has no key that Slack would know again, and the history is throttled too hard to be searched.
    findCard: async () => undefined,

    async editCard({ workspace, channel, message: ts }, card) {
      if (ts === undefined) return;
      const { call } = await workspaces.of(workspace);
      const message = card.tone === "good" ? deliveredMessage(card) : cardMessage(card);
      await call(({ chat }) => chat.update({ channel, ts, ...message }));
    },

    deliver,
    retract,
    forget,
    canRead,
    nameOf: channels.nameOf,
    reopen: (reference) => reopenAttachment(reference, { workspaces, apiUrl }),

    async tell(address, notice) {
      const [channel = "", team = (await workspaces.teams())[0] ?? ""] = address.split(":").toReversed();
      const { call } = await workspaces.of(team);
      await call(({ chat }) => chat.postMessage({ channel, ...noticeMessage(notice) }));
    },

    link,
  };
}

/** Who may be answered: the configured token's workspace, or those that were installed by OAuth. */
function openAccess(
  { access, store, now, apiUrl, logger }: Options,
  tellInstalled: (workspace: string) => Promise<void>,
): { installations: Installations; install?: OAuth } {
  if ("botToken" in access) {
    return { installations: createConfiguredInstallation(access.botToken, { apiUrl, logger }) };
  }
  const install = createOAuth({
    client: access,
    async onInstalled(granted) {
      await installations.put(granted);
      await tellInstalled(granted.id);
    },
    ...{ store, apiUrl, now, logger },
  });
  const installations = createStoredInstallations({ store, refresh: install.refresh, now, logger });
  return { installations, install };
}

/** A token that Slack does not take is a setting to mend, not an outage. */
function blame(setting: string): (error: unknown) => never {
  return (error) => {
    const cause = asServiceError(error);
    if (cause.code !== SLACK_FAILURE.unauthorized && cause.code !== NOT_A_BOT) throw cause;
    throw new UserError("slack_token", `Slack does not accept ${setting}. ${cause.message}`);
  };
}

/**
 * Posting: one a second and channel. Edits: 50 a minute for the whole workspace, which the one edit of a delivery counts
 * against; its other calls may be made twice as often (docs.slack.dev/apis/web-api/rate-limits).
 */
function draws(call: "reply" | "post" | "edit" | "deliver", { workspace, channel }: Destination): Draw[] {
  if (call === "reply" || call === "post") {
    return [{ bucket: `slack:${workspace}:post:${channel}`, calls: 1, perMs: 1_000 }];
  }
  return [{ bucket: `slack:${workspace}:update`, calls: 50, perMs: 60_000 }];
}
