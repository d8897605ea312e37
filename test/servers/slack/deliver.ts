import type { JsonObject } from "./json.ts";
import type { Ack, Delivery, SlackContext } from "./state.ts";

/** Slack repeats an event at once, after a minute and after five; docs.slack.dev/apis/events-api. */
const retryDelaysMs = [0, 60_000, 300_000];

/**
 * Hands a payload to the bot and notes the attempt. Only events are repeated, in the background, until one attempt
 * is acknowledged.
 */
export type Deliver = (kind: Delivery["kind"], payload: JsonObject, attempt?: number) => Promise<Ack>;

interface DeliveryOptions {
  context: SlackContext;
  /** Over HTTP or a socket, whichever the app uses now. */
  transport: (delivery: Delivery) => Promise<Ack>;
}

/** Delivers in the order of the calls. */
export function createDeliver({ context, transport }: DeliveryOptions): Deliver {
  const { state, clock, changed } = context;
  return async function deliver(kind, payload, attempt = 0) {
    const delivery: Delivery = { kind, payload, attempt, ack: undefined };
    state.deliveries.push(delivery);
    changed();
    const ack = await transport(delivery);
    delivery.ack = ack;
    const delayMs = kind === "events_api" && !ack.ok ? retryDelaysMs[attempt] : undefined;
    if (delayMs !== undefined) clock.after(delayMs, () => void deliver(kind, payload, attempt + 1));
    changed();
    return ack;
  };
}
