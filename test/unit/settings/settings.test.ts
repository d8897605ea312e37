import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createSettings } from "../../../src/settings/settings.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";
import { here } from "../../fixtures/bot-scene.ts";

const grace = { id: "grace", name: "Grace", moderator: true, manager: false, roles: [] };

async function createScene() {
  const lines: string[] = [];
  const logger = pino({}, { write: (line) => void lines.push(line) });
  const store = await createStore({ url: "memory:" });
  const settings = createSettings({ store, catalog: defaultCatalog, logger });
  return { settings, log: () => lines.map((line) => JSON.parse(line)) };
}

describe("settings", () => {
  it("log every change with who made it, before and after", async () => {
    const { settings, log } = await createScene();
    await settings.change({ channel: here }, { create: "moderators" }, grace);
    await settings.change({ channel: here }, { create: undefined, spoiler: "on" }, grace);
    expect(log()).toMatchObject([
      { by: "grace", before: {}, after: { create: "moderators" }, msg: "settings changed" },
      { by: "grace", before: { create: "moderators" }, after: { spoiler: "on" } },
    ]);
    expect(log()[0].settings).toBe("channel:web:w1:c1");
  });

  it("lose no change of two that are made at the same time", async () => {
    const { settings } = await createScene();
    await Promise.all([
      settings.change({ channel: here }, { create: "moderators" }, grace),
      settings.change({ channel: here }, { spoiler: "on" }, grace),
    ]);
    expect(await settings.of({ channel: here })).toEqual({ create: "moderators", spoiler: "on" });
  });

  it("take a model that is no longer offered for none", async () => {
    const { settings } = await createScene();
    await settings.change({ channel: here }, { model: "sora-1", seconds: "8" }, grace);
    const { defaults } = await settings.catalogFor("ada", here);
    expect(defaults).toEqual({ model: "sora-2", seconds: "8", size: "720x1280" });
  });

  it("of a server are forgotten without those of its neighbours", async () => {
    const { settings } = await createScene();
    const neighbour = { ...here, workspace: "w12" };
    for (const channel of [here, { ...here, channel: "c2" }, neighbour])
      await settings.change({ channel }, { spoiler: "on" }, grace);
    await settings.clearWorkspace(here);
    expect(await settings.of({ channel: here })).toEqual({});
    expect(await settings.of({ channel: { ...here, channel: "c2" } })).toEqual({});
    expect(await settings.of({ channel: neighbour })).toEqual({ spoiler: "on" });
  });
});
