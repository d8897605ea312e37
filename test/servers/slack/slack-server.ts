import { type ChangeSignal, createChangeSignal } from "../change-signal.ts";
import { createHttpServer } from "../http-server.ts";
import { createServerClock, type ServerClock } from "./clock.ts";
import { createDeliver } from "./deliver.ts";
import { describeState } from "./describe.ts";
import { createDirectory, type Directory } from "./directory.ts";
import { createEvents } from "./events.ts";
import type { Sharing } from "./file-methods.ts";
import { createFileRoutes } from "./file-routes.ts";
import { deleteChannel, tellUninstalled, uninstall } from "./happenings.ts";
import { createHttpDelivery, type HttpDelivery } from "./http-delivery.ts";
import { createMethods } from "./methods.ts";
import { createOAuth, type OAuth } from "./oauth.ts";
import { createPerson, type Person } from "./people.ts";
import { createRateLimits, type RateLimitMode, type RateLimits } from "./rate-limits.ts";
import {
  injectionByPath,
  noteRefusals,
  type SlackInjection,
  type SlackRequest,
  slackRequest,
} from "./requests.ts";
import { createResponseUrls } from "./response-urls.ts";
import { addTeam, allScopes, createSlackState } from "./seed.ts";
import { createSocketMode, type SocketMode } from "./socket-mode.ts";
import type { Channel, SlackContext, SlackState } from "./state.ts";
import { createTriggers } from "./triggers.ts";
import { createWebApi } from "./web-api.ts";

interface SlackServerOptions {
  /** Workspace ids; `T1` alone by default. */
  teams?: readonly string[];
  /** Scopes of every bot token; all by default. */
  scopes?: readonly string[];
  /** `bot_events` of the app's manifest; mentions alone by default. */
  events?: readonly string[];
  /** `count` by default. */
  rateLimits?: RateLimitMode;
  /** One that runs with the real time by default. */
  clock?: ServerClock;
}

/** A local Slack: what it knows, what people do there, and what can go wrong. */
export interface SlackServer extends SlackState, Omit<Directory, "user"> {
  /** For `clientOptions.slackApiUrl`. */
  apiUrl: string;
  appToken: string;
  /** Scopes of the app token. */
  appScopes: Set<string>;
  signingSecret: string;
  rateLimits: RateLimits;
  sharing: Sharing;
  /** How the app is installed by OAuth; a workspace has it from the start, with a token that a test may take away. */
  oauth: OAuth;
  sockets: Pick<SocketMode, "count" | "drop" | "disconnect">;
  /** All requests of the bot so far, faulted ones too. */
  readonly requests: SlackRequest[];
  unknownRoutes: string[];
  person(name: string, team?: string): Person;
  deleteChannel(channel: Channel): void;
  /** Takes the app out of a workspace, the first by default. */
  uninstall(team?: string): void;
  /** Tells of it once more, as late as Slack repeats events. */
  tellUninstalled(team: string): void;
  /** Sends to this address from now on, not to sockets. */
  connectHttp(target: { url: string; signingSecret?: string }): Pick<HttpDelivery, "signWith">;
  inject(injection: SlackInjection): void;
  /** Moves the server's clock ahead: triggers and response URLs age, limits refill, retries and shares come. */
  advance(ms: number): void;
  waitFor: ChangeSignal["waitFor"];
  /** Throws after an unknown route or argument, and whatever else a right bot never sends. */
  assertClean(): void;
  /** Closes everything, then `assertClean`. */
  close(): Promise<void>;
}

const appToken = "xapp-1-secret";
const defaultSigningSecret = "signing-secret";

/** Starts a Slack on a free port of 127.0.0.1. */
export async function createSlackServer(options: SlackServerOptions = {}): Promise<SlackServer> {
  const { rateLimits: mode = "count" } = options;
  const { context, waitFor, address, outlet } = createContext(options);
  const { state, clock, changed } = context;
  const appScopes = new Set(["connections:write"]);
  const sharing: Sharing = { delayMs: 20, dropNext: 0, processMs: 0 };
  const rateLimits = createRateLimits({ clock, mode });
  const triggers = createTriggers(context);
  const responseUrls = createResponseUrls(context);
  const oauth = createOAuth(context);
  const sockets = createSocketMode(context);
  const methods = createMethods({ context, triggers, sharing, openConnection: sockets.openConnection });
  const http = await createHttpServer({
    routes: [
      ...createWebApi({ context, methods, rateLimits, appToken, appScopes }),
      ...createFileRoutes(context),
      ...responseUrls.routes,
      ...oauth.routes,
    ],
    around: noteRefusals(context),
    changed,
  });
  address.origin = http.origin;
  sockets.attach(http.node);

  let httpDelivery: HttpDelivery | undefined;
  const deliver = createDeliver({
    context,
    transport: (delivery) => (httpDelivery ?? sockets).send(delivery),
  });
  const events = createEvents({
    context,
    deliver,
    subscriptions: new Set(options.events ?? ["app_mention"]),
    isConnected: () => httpDelivery !== undefined || sockets.count() > 0,
  });
  outlet.emit = events.emit;
  const { user, ...directory } = createDirectory(context);
  const assertNoErrors = () => {
    if (state.protocolErrors.length > 0) throw new Error(state.protocolErrors.join("\n"));
  };

  return {
    ...state,
    ...directory,
    apiUrl: `${http.origin}/api/`,
    appToken,
    appScopes,
    signingSecret: defaultSigningSecret,
    rateLimits,
    sharing,
    oauth,
    sockets,
    get requests() {
      return http.requests.map(slackRequest);
    },
    unknownRoutes: http.unknownRoutes,
    person: (name, team) => {
      const person = user(name, team);
      const channel = (idOrName: string) => directory.channel(idOrName, person.team);
      return createPerson({ context, deliver, triggers, responseUrls, events, waitFor, channel }, person);
    },
    deleteChannel: (channel) => deleteChannel(context, channel),
    uninstall: (team = directory.team().id) => uninstall(context, team),
    tellUninstalled: (team) => tellUninstalled(context, team),
    connectHttp: ({ url, signingSecret = defaultSigningSecret }) => {
      httpDelivery = createHttpDelivery(context, { url, signingSecret });
      return httpDelivery;
    },
    inject: (injection) => http.inject(injectionByPath(injection)),
    advance: clock.advance,
    waitFor,
    assertClean: () => {
      http.assertClean();
      assertNoErrors();
    },
    close: async () => {
      clock.stop();
      sockets.drop();
      await http.close();
      assertNoErrors();
    },
  };
}

/** `address.origin` and `outlet.emit` are known when the server listens. */
function createContext(options: SlackServerOptions) {
  const { teams = ["T1"], scopes = allScopes, clock = createServerClock() } = options;
  const state = createSlackState();
  for (const team of teams) addTeam(state, team, scopes);
  const { changed, waitFor } = createChangeSignal({ dump: () => describeState(state) });
  const address = { origin: "" };
  const outlet: Pick<SlackContext, "emit"> = { emit: () => {} };
  let lastNumber = 100;
  const context: SlackContext = {
    state,
    clock,
    changed,
    emit: (team, event) => outlet.emit(team, event),
    origin: () => address.origin,
    nextNumber: () => {
      lastNumber += 1;
      return lastNumber;
    },
  };
  return { context, waitFor, address, outlet };
}
