import { createHmac } from "node:crypto";
import { ackTimeoutMs, failed } from "./socket-mode.ts";
import type { Ack, Delivery, SlackContext } from "./state.ts";

/** How requests are signed: with another secret, or as if they were older. */
interface Signing {
  secret?: string;
  ageSeconds?: number;
}

/** The HTTP side of Slack: one address for commands, interactions and events. */
export interface HttpDelivery {
  /** From now on; `{}` signs rightly again. */
  signWith(signing: Signing): void;
  /** Posts and waits for the answer. */
  send(delivery: Delivery): Promise<Ack>;
}

interface HttpTarget {
  url: string;
  signingSecret: string;
}

/** Signs with the real time, as the bot compares it with its own. */
export function createHttpDelivery(context: SlackContext, target: HttpTarget): HttpDelivery {
  let signing: Signing = {};
  return {
    signWith: (next) => {
      signing = next;
    },
    send: async (delivery) => {
      const { body, type } = encode(delivery);
      const timeout = new AbortController();
      const cancel = context.clock.after(ackTimeoutMs, () => timeout.abort());
      const sentAt = performance.now();
      const elapsed = () => performance.now() - sentAt;
      try {
        const response = await fetch(target.url, {
          method: "POST",
          headers: {
            "content-type": type,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            ...signatureOf(body, { secret: target.signingSecret, ...signing }),
            ...retryHeaders(delivery),
          },
          body,
          signal: timeout.signal,
          redirect: "manual",
        });
        const payload = await payloadOf(response);
        if (response.status !== 200) return failed(elapsed(), "http_error", response.status);
        return { ok: true, ms: elapsed(), payload, error: undefined, status: 200 };
      } catch {
        return failed(elapsed(), timeout.signal.aborted ? "timeout" : "connection_failed");
      } finally {
        cancel();
      }
    },
  };
}

function encode({ kind, payload }: Delivery): { body: string; type: string } {
  if (kind === "events_api") return { body: JSON.stringify(payload), type: "application/json" };
  const fields = kind === "interactive" ? { payload: JSON.stringify(payload) } : payload;
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  return { body: form.toString(), type: "application/x-www-form-urlencoded" };
}

function signatureOf(body: string, { secret, ageSeconds = 0 }: Signing & { secret: string }) {
  const timestamp = String(Math.floor(Date.now() / 1000) - ageSeconds);
  const digest = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  return { "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${digest}` };
}

function retryHeaders({ attempt }: Delivery): Record<string, string> {
  if (attempt === 0) return {};
  return { "x-slack-retry-num": String(attempt), "x-slack-retry-reason": "http_timeout" };
}

async function payloadOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return undefined;
  return response.headers.get("content-type")?.startsWith("application/json") ? JSON.parse(text) : text;
}
