import { PermissionFlagsBits as Bits } from "discord.js";
import { describe, expect, it } from "vitest";
import { createAccess } from "../../../src/discord/access.ts";

const ALL = Bits.ViewChannel | Bits.SendMessages | Bits.AttachFiles;
const at = (channel: string) => ({ platform: "discord", workspace: "9", channel }) as const;

function checking(
  permissions: bigint,
  place: { isThread?: boolean; isLocked?: boolean; workspace?: string } = {},
) {
  const { workspace = "9", isThread = false, isLocked = false } = place;
  const access = createAccess();
  access.remember("1", { permissions, isThread, isLocked });
  return () => access.check({ ...at("1"), workspace });
}

describe("access", () => {
  it("lets pass what the bot may do", () => {
    expect(checking(ALL)).not.toThrow();
    expect(checking(0n, { workspace: "@me" })).not.toThrow();
    expect(() => createAccess().check(at("1"))).not.toThrow();
  });

  it.each([
    ["View Channel", ALL & ~Bits.ViewChannel, {}],
    ["Send Messages", ALL & ~Bits.SendMessages, {}],
    ["Attach Files", ALL & ~Bits.AttachFiles, {}],
    ["Send Messages in Threads", ALL, { isThread: true }],
  ])("names %s when it is missing", (name, permissions, place) => {
    expect(checking(permissions, place)).toThrow(`“${name}” is missing`);
    expect(checking(permissions, place)).toThrow(expect.objectContaining({ code: "missing_permissions" }));
  });

  it("refuses locked threads where the bot may not manage them", () => {
    const permissions = ALL | Bits.SendMessagesInThreads;
    expect(checking(permissions, { isThread: true, isLocked: true })).toThrow("locked");
    expect(checking(permissions | Bits.ManageThreads, { isThread: true, isLocked: true })).not.toThrow();
  });

  it("goes by what was heard last, and forgets the places of long ago", () => {
    const access = createAccess();
    const place = { permissions: 0n, isThread: false, isLocked: false };
    for (let channel = 0; channel <= 1_000; channel++) access.remember(String(channel), place);
    expect(() => access.check(at("0"))).not.toThrow();
    expect(() => access.check(at("1"))).toThrow("missing");
    access.remember("1", { ...place, permissions: ALL });
    expect(() => access.check(at("1"))).not.toThrow();
  });
});
