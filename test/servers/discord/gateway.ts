import type { Server } from "node:http";
import { GatewayCloseCodes, GatewayOpcodes } from "discord.js";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import type { Clock } from "./clock.ts";

/** Bits of the intents that Discord grants on request only: members, presences, message content. */
const PRIVILEGED_INTENTS = (1 << 1) | (1 << 8) | (1 << 15);
const HEARTBEAT_INTERVAL_MS = 41_250;
const SESSION_ENDING_CODES = [1000, 1001];

const frame = z.object({ op: z.int(), d: z.unknown().optional() });
const identify = z.object({
  token: z.string(),
  intents: z.int(),
  properties: z.object({ os: z.string() }),
  shard: z.tuple([z.int(), z.int()]).optional(),
});
const resume = z.object({ token: z.string(), session_id: z.string(), seq: z.int() });

interface Session {
  id: string;
  shard: Shard;
  intents: number;
  socket: WebSocket | undefined;
  /** Every dispatch with its sequence number (index + 1), for those who resume. */
  log: { t: string; d: unknown }[];
}

/** A shard by its id, of so many. */
type Shard = readonly [id: number, count: number];

/** Discord's formula (its documentation, "Sharding"); what is no guild's, such as a direct message, is the first shard's. */
function isFor([id, count]: Shard, guildId: string | undefined): boolean {
  return Number((BigInt(guildId ?? 0) >> 22n) % BigInt(count)) === id;
}

const placed = z.object({ guild_id: z.string().optional() });
const guild = z.object({ id: z.string() });

/** The guild that an event is about, if it is about one. */
function guildOf({ t, d }: { t: string; d: unknown }): string | undefined {
  return /^GUILD_(CREATE|UPDATE|DELETE)$/.test(t) ? guild.parse(d).id : placed.parse(d).guild_id;
}

/** The event side of the server. */
export interface Gateway {
  /** How many sessions have a socket now. */
  readonly connected: number;
  readonly identified: number;
  /** The shards of the sessions that have a socket, such as `0/4`, in order. */
  readonly shards: string[];
  readonly resumed: number;
  /**
   * Sends an event to every session of its guild's shard that asked for the intent (0: to all); the absent ones get it when
   * they resume.
   */
  dispatch(event: { t: string; d: unknown; intent: number }): void;
  /** Cuts every connection, or those of one shard; the sessions can be resumed unless `forget` is set. */
  drop(options?: { forget?: boolean; shard?: number }): void;
}

/** Speaks gateway version 10 in JSON at `/gateway` of an HTTP server. */
export function createGateway(options: {
  node: Server;
  clock: Clock;
  token: string;
  /** Ids of the guilds that the bot is in. */
  guilds: () => string[];
  /** How many of them one session may have. */
  guildsPerShard: number;
  /** Data of READY, but for the session's own fields. */
  ready: () => object;
  /** Events that follow READY. */
  welcome: () => { t: string; d: unknown; intent: number }[];
  resumeUrl: () => string;
  changed: () => void;
}): Gateway {
  const { node, clock, token, guilds, guildsPerShard, ready, welcome, resumeUrl, changed } = options;
  const sessions = new Map<string, Session>();
  const sockets = new WebSocketServer({ noServer: true });
  const count = { identified: 0, resumed: 0 };

  node.on("upgrade", (request, socket, head) => {
    if (!/^\/gateway[/?]/.test(request.url ?? "")) return socket.destroy();
    return sockets.handleUpgrade(request, socket, head, greet);
  });

  function greet(socket: WebSocket) {
    let session: Session | undefined;
    socket.on("message", (raw) => {
      session = receive(socket, raw, session);
      changed();
    });
    socket.on("close", (code) => {
      if (session?.socket === socket) session.socket = undefined;
      if (session && SESSION_ENDING_CODES.includes(code)) sessions.delete(session.id);
      changed();
    });
    send(socket, { op: GatewayOpcodes.Hello, d: { heartbeat_interval: HEARTBEAT_INTERVAL_MS } });
  }

  function receive(socket: WebSocket, raw: RawData, session: Session | undefined): Session | undefined {
    const { op, d } = frame.parse(JSON.parse(String(raw)));
    if (op === GatewayOpcodes.Heartbeat) send(socket, { op: GatewayOpcodes.HeartbeatAck });
    else if (op === GatewayOpcodes.Identify) return begin(socket, identify.parse(d), session);
    else if (op === GatewayOpcodes.Resume) return takeUp(socket, resume.parse(d));
    else if (!session) socket.close(GatewayCloseCodes.NotAuthenticated);
    return session;
  }

  function begin(socket: WebSocket, data: z.infer<typeof identify>, present: Session | undefined) {
    const shard: Shard = data.shard ?? [0, 1];
    const own = guilds().filter((id) => isFor(shard, id));
    if (present) socket.close(GatewayCloseCodes.AlreadyAuthenticated);
    else if (data.token !== token) socket.close(GatewayCloseCodes.AuthenticationFailed);
    else if (data.intents & PRIVILEGED_INTENTS) socket.close(GatewayCloseCodes.DisallowedIntents);
    else if (shard[0] < 0 || shard[0] >= shard[1]) socket.close(GatewayCloseCodes.InvalidShard);
    else if (own.length > guildsPerShard) socket.close(GatewayCloseCodes.ShardingRequired);
    else {
      const session: Session = { id: clock.snowflake(), shard, intents: data.intents, socket, log: [] };
      sessions.set(session.id, session);
      count.identified += 1;
      const d = {
        ...{ v: 10, session_id: session.id, resume_gateway_url: resumeUrl(), shard },
        ...{ ...ready(), guilds: own.map((id) => ({ id, unavailable: true })) },
      };
      emit(session, { t: "READY", d, intent: 0 });
      for (const event of welcome()) route(session, event);
      return session;
    }
    return present;
  }

  function takeUp(socket: WebSocket, data: z.infer<typeof resume>): Session | undefined {
    const session = sessions.get(data.session_id);
    if (!session || data.token !== token || data.seq > session.log.length) {
      send(socket, { op: GatewayOpcodes.InvalidSession, d: false });
      return undefined;
    }
    session.socket = socket;
    count.resumed += 1;
    for (const [index, event] of session.log.entries()) {
      if (index + 1 > data.seq) send(socket, { op: GatewayOpcodes.Dispatch, ...event, s: index + 1 });
    }
    emit(session, { t: "RESUMED", d: {}, intent: 0 });
    return session;
  }

  return {
    get connected() {
      return [...sessions.values()].filter(({ socket }) => socket).length;
    },
    get shards() {
      const open = [...sessions.values()].filter(({ socket }) => socket);
      return open.map(({ shard }) => shard.join("/")).sort();
    },
    get identified() {
      return count.identified;
    },
    get resumed() {
      return count.resumed;
    },
    dispatch: (event) => {
      for (const session of sessions.values()) route(session, event);
    },
    drop: ({ forget = false, shard } = {}) => {
      const cut = [...sessions.values()].filter(({ shard: [id] }) => shard === undefined || id === shard);
      for (const client of sockets.clients) {
        if (shard === undefined || cut.some(({ socket }) => socket === client)) client.terminate();
      }
      for (const session of cut) {
        session.socket = undefined;
        if (forget) sessions.delete(session.id);
      }
    },
  };
}

function route(session: Session, event: { t: string; d: unknown; intent: number }) {
  if (isFor(session.shard, guildOf(event))) emit(session, event);
}

function emit(session: Session, { t, d, intent }: { t: string; d: unknown; intent: number }) {
  if (intent !== 0 && !(session.intents & intent)) return;
  session.log.push({ t, d });
  if (session.socket) send(session.socket, { op: GatewayOpcodes.Dispatch, t, d, s: session.log.length });
}

function send(socket: WebSocket, payload: { op: number; d?: unknown; t?: string; s?: number }) {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(payload));
}
