import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { ChatAdapter, PlatformName } from "../../../src/chat/adapter.ts";
import { createOperatorNotice } from "../../../src/chat/operator-notice.ts";
import { plainText } from "../../../src/chat/rich-text.ts";
import { ServiceError } from "../../../src/errors.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { createFakeChatAdapter } from "../../fakes/fake-chat-adapter.ts";

const HOUR_MS = 3_600_000;

/** A platform on which notices are kept, or refused. */
async function createScene(options: { address: string | undefined; refuse?: boolean }) {
  const told: string[] = [];
  let now = 0;
  const discord: ChatAdapter = {
    ...createFakeChatAdapter({ platform: "discord" }),
    async tell(address, { lines }) {
      if (options.refuse) throw new ServiceError("discord", "no_access", "No.", { retryable: false });
      told.push(`${address}: ${lines.map(plainText).join(" ")}`);
    },
  };
  const store = await createStore({ url: "memory:" });
  /** As each process has one. */
  const open = () =>
    createOperatorNotice({
      address: options.address,
      store,
      adapters: new Map<PlatformName, ChatAdapter>([["discord", discord]]),
      now: () => now,
      logger: pino({ level: "silent" }),
    });
  return { told, store, open, notice: open(), pass: (ms: number) => (now += ms) };
}

const broken = { kind: "key", lines: [["The key is ", { bold: "broken" }]] };

describe("a notice to the operator", () => {
  it("goes to the place that is named, once an hour for the same trouble", async () => {
    const { told, notice, pass } = await createScene({ address: "discord:42" });
    await notice(broken);
    pass(HOUR_MS - 1);
    await notice(broken);
    await notice({ kind: "quota", lines: [["No money"]] });
    pass(1);
    await notice(broken);
    expect(told).toEqual(["42: The key is broken", "42: No money", "42: The key is broken"]);
  });

  it.each([undefined, "slack:C1"])("is in the log alone where it cannot be told (%s)", async (address) => {
    const { told, notice } = await createScene({ address });
    await notice(broken);
    expect(told).toEqual([]);
  });

  it("is told once by all processes that meet the trouble, and by each that cannot know of the others", async () => {
    const { told, store, notice, open } = await createScene({ address: "discord:42" });
    await notice(broken);
    await open()(broken);
    expect(told).toHaveLength(1);
    await store.close();
    await open()(broken);
    expect(told).toHaveLength(2);
  });

  it("harms nobody when the platform refuses it", async () => {
    const { notice } = await createScene({ address: "discord:42", refuse: true });
    await expect(notice(broken)).resolves.toBeUndefined();
  });
});
