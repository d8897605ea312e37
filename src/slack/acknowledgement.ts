import type { Logger } from "pino";

/** The one answer that Slack waits for; what it carries differs by the kind of request. */
export interface Acknowledgement<Payload> {
  /** Sends it, with something for the person where it still can. @returns false when it was sent before, or is lost. */
  send(payload?: Payload): Promise<boolean>;
}

/** Slack shows people an error after three seconds; this leaves one for the way (ms). */
const ACKNOWLEDGE_AFTER_MS = 2_000;

/** Acknowledges by itself, without a payload, when nothing was answered after two seconds. */
export function createAcknowledgement<Payload>(
  acknowledge: (payload?: Payload) => Promise<void>,
  logger: Logger,
): Acknowledgement<Payload> {
  let sent = false;

  async function send(payload?: Payload): Promise<boolean> {
    if (sent) return false;
    sent = true;
    clearTimeout(timer);
    try {
      await acknowledge(payload);
      return true;
    } catch (err) {
      logger.warn({ err }, "Slack could not be told that a request arrived");
      return false;
    }
  }

  const timer = setTimeout(() => void send(), ACKNOWLEDGE_AFTER_MS);
  return { send };
}
