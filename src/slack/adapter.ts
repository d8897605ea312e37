import type { RequestListener } from "node:http";
import type { Logger } from "pino";
import type { ChatAdapter, Destination, Draw } from "../chat/adapter.ts";
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
import { listenToInteractions } from "./interactions.ts";
import { createLink } from "./links.ts";
import { listenToWords } from "./mentions.ts";
import { cardMessage, deliveredMessage, noticeMessage } from "./messages.ts";
import { createPeople } from "./people.ts";
import { createPictures } from "./pictures.ts";
import { createReaders } from "./readers.ts";
import { createRetraction } from "./retraction.ts";
import { createScreen } from "./screen.ts";
import { createSharedFiles } from "./shared-files.ts";
import { listenToSubmissions } from "./submissions.ts";
import { createWorkspaces } from "./workspaces.ts";

/** Slack as a chat platform. */
export interface SlackAdapter extends ChatAdapter {
  /** HTTP mode: to be called for POST /slack/events with the request's body unread. */
  readonly http?: RequestListener;
}

interface Options {
  /** `xoxb-…` */
  botToken: string;
  /** `xapp-…`: Socket Mode. */
  appToken?: string | undefined;
  /** Without an app token: HTTP. */
  signingSecret?: string | undefined;
  /** Base of the Web API; undefined: Slack's own. */
  apiUrl?: string | undefined;
  /** Where the bot remembers which files Slack was given. */
  store: Store;
  catalog: Catalog;
  offer: Offer;
  logger: Logger;
  now: () => number;
}

/** Connects the bot to one Slack workspace. */
export function createSlackAdapter(options: Options): SlackAdapter {
  const { botToken, appToken, signingSecret, apiUrl, store, catalog, offer, logger, now } = options;
  const workspaces = createWorkspaces({ botToken, apiUrl, logger });
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

    async start(handler) {
      const { id, url } = await workspaces.installed().catch(blame("SLACK_BOT_TOKEN"));
      const { app } = connection;
      ears = createEars({ handler, workspaces, people, channels, catalog, screen, logger });
      listenToInteractions({ app, ears, apiUrl, logger });
      listenToSubmissions({ app, ears, apiUrl, logger });
      listenToWords({ app, ears, offer });
      listenToEvents({ app, handler, ears, workspaces, sharedFiles, logger });
      await connection.start().catch(blame("SLACK_APP_TOKEN"));
      logger.info({ team: id, url }, "connected to Slack");
      void ears.track(handler.event({ kind: "present", platform: "slack", workspaces: [id] }));
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
      const { call } = await workspaces.installed();
      await call(({ chat }) => chat.postMessage({ channel: address, ...noticeMessage(notice) }));
    },

    link,
  };
}

/** A token that Slack does not take is a setting to mend, not an outage. */
function blame(setting: string): (error: unknown) => never {
  return (error) => {
    const cause = asServiceError(error);
    if (cause.code !== SLACK_FAILURE.unauthorized) throw cause;
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
