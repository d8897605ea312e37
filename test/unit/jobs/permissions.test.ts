import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { Actor } from "../../../src/chat/adapter.ts";
import { type Action, createPermissions } from "../../../src/jobs/permissions.ts";
import { createSettings, type Settings } from "../../../src/settings/settings.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";
import { aJob } from "../../fixtures/jobs.ts";

const job = aJob({ phase: "delivered" });
const here = job.destination;
const elsewhere = { ...here, channel: "c2" };

const people: Record<string, Actor> = {
  requester: { id: job.requester.id, name: "Ada", moderator: false, manager: false, roles: [] },
  member: { id: "bob", name: "Bob", moderator: false, manager: false, roles: [] },
  moderator: { id: "grace", name: "Grace", moderator: true, manager: false, roles: [] },
  manager: { id: "linus", name: "Linus", moderator: true, manager: true, roles: [] },
  operator: { id: "op", name: "Op", moderator: false, manager: false, roles: [] },
};

async function createScene(rules: Settings = {}) {
  const store = await createStore({ url: "memory:" });
  const settings = createSettings({ store, catalog: defaultCatalog, logger: pino({ level: "silent" }) });
  await settings.change({ channel: here }, rules, {
    id: "x",
    name: "X",
    moderator: true,
    manager: true,
    roles: [],
  });
  return createPermissions({ settings, operatorIds: ["op"] });
}

/** Who may, out of all of them, as letters: R requester, M member, O moderator, A manager, P operator. */
async function whoMay(action: Action, rules: Settings, from = here): Promise<string> {
  const permissions = await createScene(rules);
  const letters = { requester: "R", member: "M", moderator: "O", manager: "A", operator: "P" };
  let may = "";
  for (const [name, letter] of Object.entries(letters)) {
    const actor = people[name];
    if (actor && (await permissions.may(action, actor, from, job))) may += letter;
  }
  return may;
}

describe("who may do what", () => {
  it.each<[Action, Settings, string, string]>([
    ["create", {}, "RMOAP", "RMOAP"],
    ["create", { create: "moderators" }, "OAP", "RMOAP"],
    ["remix", {}, "RMOAP", "RMOAP"],
    ["remix", { remix: "requester" }, "ROAP", "RAP"],
    ["remix", { remix: "moderators" }, "OAP", "AP"],
    ["delete", {}, "ROAP", "RAP"],
    ["delete", { delete: "moderators" }, "OAP", "AP"],
    ["hide", {}, "OAP", "AP"],
    ["set-channel", {}, "OAP", "AP"],
    ["revoke-links", {}, "OAP", "AP"],
    ["list-server", {}, "OAP", "AP"],
    ["forget-channel", {}, "OAP", "AP"],
    ["forget-server", {}, "AP", "AP"],
    ["see-server-usage", {}, "OAP", "AP"],
    ["see-bot-usage", {}, "P", "P"],
    ["set-channel-limits", {}, "OAP", "AP"],
    ["set-server-limits", {}, "AP", "AP"],
  ])("%s with %j: %s in the video's channel, %s from another one", async (action, rules, near, far) => {
    expect(await whoMay(action, rules)).toBe(near);
    expect(await whoMay(action, rules, elsewhere)).toBe(far);
  });

  it("holds in a channel's threads, where they have no rules of their own", async () => {
    const thread = { ...here, channel: "t1", parent: here.channel };
    const rules: Settings = { create: "moderators", delete: "moderators" };
    expect(await whoMay("create", rules, thread)).toBe("OAP");
    const permissions = await createScene(rules);
    const inThread = { ...job, destination: { ...job.destination, ...thread } };
    const { requester, moderator } = people;
    if (!requester || !moderator) throw new Error("Nobody is there.");
    expect(await permissions.may("delete", requester, thread, inThread)).toBe(false);
    expect(await permissions.may("delete", moderator, thread, inThread)).toBe(true);
  });

  it("is said to those who may not", async () => {
    const permissions = await createScene({ create: "moderators" });
    const { member, requester } = people;
    if (!member || !requester) throw new Error("Nobody is there.");
    await expect(permissions.require("create", member, here)).rejects.toThrow(
      "Only moderators may make videos in this channel.",
    );
    await expect(permissions.require("delete", member, here, job)).rejects.toThrow(
      "Only whoever asked for it and moderators may delete this video.",
    );
    await expect(permissions.require("delete", requester, here, job)).resolves.toBeUndefined();
    await expect(permissions.require("set-channel-limits", member, here)).rejects.toThrow(
      "Only moderators may change this channel's limits.",
    );
    await expect(permissions.require("set-server-limits", member, here)).rejects.toThrow(
      "Only those who manage the whole server may change this server's limits, those of its people and roles, and who is exempt.",
    );
    await expect(permissions.require("see-bot-usage", member, here)).rejects.toThrow(
      "Only those who run the bot may see what the whole bot has used.",
    );
  });
});
