import { expect, it } from "vitest";
import type { BackendFinding } from "../../../src/cluster/coordination.ts";
import { createBackendPace } from "../../../src/jobs/backend-pace.ts";
import { createSharedPace } from "../../../src/jobs/shared-pace.ts";
import { problem } from "../../fixtures/bot-scene.ts";

/** Three processes that hear of each other. */
function createScene() {
  let now = 0;
  const listeners: ((finding: BackendFinding) => void)[] = [];
  const told: BackendFinding[] = [];
  const paces = [0, 1, 2].map((self) =>
    createSharedPace(createBackendPace({ now: () => now }), {
      tell(finding) {
        told.push(finding);
        for (const [other, listener] of listeners.entries()) if (other !== self) listener(finding);
      },
      hear: (listener) => void listeners.push(listener),
    }),
  );
  const [one, ...others] = paces;
  if (!one) throw new Error("There is no process.");
  return { one, others, told, pass: (ms: number) => (now += ms) };
}

it("silence that one process is asked for holds for all", () => {
  const { one, others, pass } = createScene();
  one.note("read", problem("rate_limited", true, 30_000));
  for (const other of others) {
    expect(() => other.requireCreate()).toThrow("silence");
    expect(other.pollWaitMs()).toBe(30_000);
  }
  pass(30_000);
  for (const other of others) expect(() => other.requireCreate()).not.toThrow();
});

it("an account without money is empty for all, until one of them was served again", () => {
  const { one, others, pass } = createScene();
  one.note("create", problem("insufficient_quota", false));
  expect(others.map((other) => other.stopped())).toEqual([{ until: 300_000 }, { until: 300_000 }]);
  pass(300_000);
  const [trying, waiting] = others;
  trying?.requireCreate();
  trying?.note("create");
  expect(waiting?.waiting()).toBeUndefined();
  expect(() => one.requireCreate()).not.toThrow();
});

it("what is one process's own matter, or nothing new, is not told", () => {
  const { one, told } = createScene();
  one.note("create");
  one.note("read");
  one.note("read", problem("not_found", false));
  one.note("read", problem("unavailable", true));
  one.note("create", problem("moderation_blocked", false));
  expect(told).toEqual([]);
});
