import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { isObject, type JsonObject, stringIn } from "./json.ts";
import { appId } from "./messages.ts";
import type { Ack, Delivery, SlackContext } from "./state.ts";

/** Acknowledgements are due within three seconds. */
export const ackTimeoutMs = 3000;

interface Pending {
  delivery: Delivery;
  sentAt: number;
  settle: (ack: Ack) => void;
}

/** The WebSocket side of Slack. */
export interface SocketMode {
  /** Serves the upgrade requests of a server. */
  attach(node: Server): void;
  /** An address that takes one connection. */
  openConnection(): string;
  /** Sends an envelope to the next socket in turn and waits for its acknowledgement. */
  send(delivery: Delivery): Promise<Ack>;
  /** Open sockets. */
  count(): number;
  /** Cuts all connections without a word. */
  drop(): void;
  /** Tells all clients to connect anew, as Slack does with `warning` or `refresh_requested`. */
  disconnect(reason: string): void;
}

/** Sockets of one app; each address is good for one connection. */
export function createSocketMode(context: SlackContext): SocketMode {
  const sockets: WebSocket[] = [];
  const tickets = new Set<string>();
  const pending = new Map<string, Pending>();
  const settled = new Set<string>();
  const server = new WebSocketServer({ noServer: true });
  let turn = 0;

  function attach(node: Server) {
    node.on("upgrade", (request, socket, head) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      const isKnown = url.pathname === "/link/" && tickets.delete(url.searchParams.get("ticket") ?? "");
      if (isKnown) server.handleUpgrade(request, socket, head, welcome);
      else socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
  }

  function welcome(socket: WebSocket) {
    sockets.push(socket);
    socket.on("message", (data) => receive(String(data)));
    socket.on("close", () => {
      sockets.splice(sockets.indexOf(socket), 1);
      context.changed();
    });
    socket.send(
      JSON.stringify({
        type: "hello",
        num_connections: sockets.length,
        debug_info: { host: "applink", build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: appId },
      }),
    );
    context.changed();
  }

  function receive(text: string) {
    const message: unknown = JSON.parse(text);
    const id = isObject(message) ? stringIn(message, "envelope_id") : "";
    const waiting = pending.get(id);
    if (waiting && isObject(message)) return acknowledge(id, waiting, message.payload);
    if (!settled.has(id)) context.state.protocolErrors.push(`acknowledged an unknown envelope: ${text}`);
  }

  function acknowledge(id: string, { delivery, sentAt, settle }: Pending, answer: unknown) {
    const payload = isObject(answer) && Object.keys(answer).length === 0 ? undefined : answer;
    if (payload !== undefined && !acceptsPayload(delivery)) {
      context.state.protocolErrors.push(`${delivery.kind} takes no payload in its acknowledgement`);
    }
    pending.delete(id);
    settled.add(id);
    settle({ ok: true, ms: performance.now() - sentAt, payload, error: undefined, status: undefined });
  }

  function send(delivery: Delivery): Promise<Ack> {
    turn += 1;
    const socket = sockets[turn % sockets.length];
    if (!socket) return Promise.resolve(failed(0, "dispatch_failed"));
    const envelope_id = randomUUID();
    return new Promise((settle) => {
      const sentAt = performance.now();
      const cancel = context.clock.after(ackTimeoutMs, () => {
        pending.delete(envelope_id);
        settled.add(envelope_id);
        settle(failed(performance.now() - sentAt, "timeout"));
      });
      pending.set(envelope_id, {
        delivery,
        sentAt,
        settle: (ack) => {
          cancel();
          settle(ack);
        },
      });
      socket.send(JSON.stringify({ envelope_id, ...envelopeOf(delivery) }));
    });
  }

  return {
    attach,
    openConnection: () => {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `${context.origin().replace("http", "ws")}/link/?ticket=${ticket}&app_id=${appId}`;
    },
    send,
    count: () => sockets.length,
    drop: () => {
      for (const socket of [...sockets]) socket.terminate();
    },
    disconnect: (reason) => {
      for (const socket of sockets) socket.send(JSON.stringify({ type: "disconnect", reason }));
    },
  };
}

/** An acknowledgement that did not come. */
export function failed(ms: number, error: NonNullable<Ack["error"]>, status?: number): Ack {
  return { ok: false, ms, payload: undefined, error, status };
}

function acceptsPayload({ kind, payload }: Delivery): boolean {
  return kind === "slash_commands" || payload.type === "view_submission";
}

function envelopeOf(delivery: Delivery): JsonObject {
  const { kind, payload, attempt } = delivery;
  const retry = attempt > 0 ? { retry_attempt: attempt, retry_reason: "timeout" } : {};
  return { type: kind, payload, accepts_response_payload: acceptsPayload(delivery), ...retry };
}
