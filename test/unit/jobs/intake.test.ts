import { pino } from "pino";
import { expect, it } from "vitest";
import { createIntake } from "../../../src/jobs/intake.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { ada, createFakeChatAdapter } from "../../fakes/fake-chat-adapter.ts";

/** Two processes on one store. */
async function scene() {
  const store = await createStore({ url: "memory:" });
  const clock = { now: Date.UTC(2030, 0, 1) };
  const told: string[] = [];
  const request = createFakeChatAdapter().request({ kind: "text", text: "admin" }, { actor: ada });
  const process = () =>
    createIntake({
      store,
      tellOperator: async ({ kind }) => void told.push(kind),
      now: () => clock.now,
      since: (at) => clock.now - at,
      logger: pino({ level: "silent" }),
    });
  return { here: process(), there: process(), request, clock, told };
}

it("is paused and taken up again for every process, within a second, with who and when", async () => {
  const { here, there, request, clock } = await scene();
  await there.requireOpen();
  await here.pause(request, false);
  await expect(here.requireOpen()).rejects.toThrow("No new videos are taken right now");
  clock.now += 1_001;
  await expect(there.requireOpen()).rejects.toThrow("No new videos are taken right now");
  const by = { platform: "web", id: "ada", name: "Ada" };
  expect(await there.paused()).toEqual({ at: clock.now - 1_001, by, draining: false });
  await there.resume(request);
  await there.requireOpen();
  clock.now += 1_001;
  await here.requireOpen();
  expect(await here.paused()).toBeUndefined();
});

it("says once, whichever process sees it, that a drain is over", async () => {
  const { here, there, request, clock, told } = await scene();
  await here.noteActive(0);
  await here.pause(request, true);
  // A request that was let in just before may be a job in a moment.
  await here.noteActive(0);
  clock.now += 31_000;
  await here.noteActive(1);
  expect(told).toEqual([]);
  await Promise.all([here.noteActive(0), there.noteActive(0)]);
  await there.noteActive(0);
  expect(told).toHaveLength(1);
  expect(await there.paused()).toMatchObject({ draining: true, drainedAt: clock.now });
});

it("goes on without the name of somebody who is forgotten", async () => {
  const { here, request } = await scene();
  await here.pause(request, false);
  await here.forgetPerson({ platform: "slack", id: "ada" });
  expect(await here.paused()).toHaveProperty("by");
  await here.forgetPerson({ platform: "web", id: "ada" });
  expect(await here.paused()).toMatchObject({ draining: false });
  expect(await here.paused()).not.toHaveProperty("by");
});
