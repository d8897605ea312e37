import type { RequestListener } from "node:http";
import { App, HTTPReceiver, SocketModeReceiver } from "@slack/bolt";
import type { Logger } from "pino";
import { sleep } from "../sleep.ts";
import { createSlackLogger } from "./slack-logger.ts";
import type { Workspaces } from "./workspaces.ts";

/** How Slack reaches the bot. */
export interface Connection {
  /** Where listeners are added. */
  app: App;
  start(): Promise<void>;
  /** Hears nothing more; what was heard can still be acknowledged until `close`. */
  stop(): void;
  close(): Promise<void>;
  connected(): boolean;
  /** HTTP mode: answers POST /slack/events. */
  http?: RequestListener;
}

interface Options {
  apiUrl: string | undefined;
  workspaces: Workspaces;
  logger: Logger;
}

/** Builds Bolt for one of its two modes: Socket Mode where there is an app token, else HTTP. */
export function createConnection(
  options: Options & { appToken: string | undefined; signingSecret: string | undefined },
): Connection {
  const { appToken, signingSecret } = options;
  if (appToken !== undefined) return createSocketConnection({ ...options, appToken });
  if (signingSecret !== undefined) return createHttpConnection({ ...options, signingSecret });
  throw new Error("Slack needs an app token or a signing secret.");
}

type Receiver = HTTPReceiver | SocketModeReceiver;

/**
 * Bolt only hears: it is told who the bot is, so that it passes over what the bot itself does, and gets no token, as it
 * would keep a client for each workspace for good. Who may be answered, and by which token, is found out by those who
 * answer: people of another organisation act for their own team, and the app may be taken out meanwhile.
 */
function createBolt(receiver: Receiver, { apiUrl, workspaces, logger }: Options): App {
  const app = new App({
    receiver,
    socketMode: receiver instanceof SocketModeReceiver,
    authorize: async ({ teamId = "" }) => {
      const workspace = await workspaces.find(teamId);
      return workspace ? { botId: workspace.botId, botUserId: workspace.botUserId } : {};
    },
    convoStore: false,
    clientOptions: { ...(apiUrl !== undefined && { slackApiUrl: apiUrl }) },
    logger: createSlackLogger(logger),
  });
  app.error(async (err) => logger.error({ err }, "a request from Slack failed"));
  return app;
}

function createHttpConnection(options: Options & { signingSecret: string }): Connection {
  const { signingSecret, logger } = options;
  const receiver = new HTTPReceiver({ signingSecret, logger: createSlackLogger(logger) });
  let open = false;
  return {
    app: createBolt(receiver, options),
    start: async () => {
      open = true;
    },
    stop: () => {
      open = false;
    },
    close: async () => {},
    connected: () => open,
    http(request, response) {
      if (!open) return void response.writeHead(503).end();
      if (isAhead(request.headers["x-slack-request-timestamp"])) return void response.writeHead(401).end();
      try {
        receiver.requestListener(request, response);
      } catch {
        // It throws for every other path and method.
        response.writeHead(404).end();
      }
    },
  };
}

const MAX_AHEAD_MS = 300_000;

/** Whether a request claims a time to come: its signature would be good for longer. Bolt refuses old ones alone. */
function isAhead(timestamp: string | string[] | undefined): boolean {
  return Number(timestamp) * 1_000 > Date.now() + MAX_AHEAD_MS;
}

const RECONNECT_BASE_MS = 500;
const RECONNECT_MAX_MS = 30_000;
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Connects anew by itself: the client's own way of doing so waits five seconds each time Slack renews a connection,
 * and rejects unheard, which ends the process, when Slack refuses.
 */
function createSocketConnection(options: Options & { appToken: string }): Connection {
  const { appToken, apiUrl, logger } = options;
  const receiver = new SocketModeReceiver({
    appToken,
    autoReconnectEnabled: false,
    installerOptions: {
      clientOptions: {
        ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
      },
    },
    logger: createSlackLogger(logger),
  });
  const { client } = receiver;
  const stopping = new AbortController();
  let connected = false;
  /** Set while connecting, when there is nothing to react to. */
  let connecting: Promise<void> | undefined;
  client.on("connected", () => {
    connected = true;
  });
  client.on("disconnected", () => {
    connected = false;
    connecting ??= reconnect().finally(() => {
      connecting = undefined;
    });
  });

  async function reconnect(): Promise<void> {
    for (let failures = 0; !connected && !stopping.signal.aborted; failures++) {
      const waitMs = failures === 0 ? 0 : Math.min(RECONNECT_MAX_MS, RECONNECT_BASE_MS * 2 ** failures);
      await sleep(waitMs * (0.75 + Math.random() / 2), stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        await client.start();
      } catch (err) {
        logger.warn({ err, failures }, "Slack's socket did not open, trying again");
      }
    }
  }

  return {
    app: createBolt(receiver, options),
    async start() {
      connecting = client.start().then(() => {
        connecting = undefined;
      });
      await connecting;
    },
    stop() {
      stopping.abort();
      // Bolt acknowledges events before anyone looks at them. What nobody acknowledges, Slack gives to another process.
      client.removeAllListeners("slack_event");
    },
    async close() {
      await Promise.race([client.disconnect(), sleep(CLOSE_TIMEOUT_MS)]);
    },
    connected: () => connected,
  };
}
