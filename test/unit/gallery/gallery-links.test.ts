import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Channel } from "../../../src/gallery/gallery.ts";
import { createGalleryLinks } from "../../../src/gallery/gallery-links.ts";
import { createStore } from "../../../src/store/create-store.ts";
import type { Store } from "../../../src/store/store.ts";

const LIFETIME_MS = 86_400_000;
const general: Channel = {
  platform: "discord",
  workspace: "112233445566778899",
  channel: "998877665544332211",
};
const random: Channel = { ...general, channel: "123456789012345678" };

interface Scene {
  store?: Store;
  baseUrl?: string | undefined;
  off?: Set<string>;
  lifetimeMs?: number;
  now?: () => number;
}

async function openStore(): Promise<Store> {
  const store = await createStore({ url: "memory:" });
  onTestFinished(() => store.close());
  return store;
}

async function setScene({
  store,
  lifetimeMs = LIFETIME_MS,
  off = new Set(),
  now = () => 1_000_000,
  ...rest
}: Scene = {}) {
  const baseUrl = "baseUrl" in rest ? rest.baseUrl : "https://reel.example";
  const isOff = async ({ channel }: Channel) => off.has(channel);
  return createGalleryLinks({
    ...{ store: store ?? (await openStore()), baseUrlOf: () => baseUrl, lifetimeMs, isOff, now },
  });
}

function tokenOf(link: { url: string } | undefined): string {
  const [, token = ""] = /\/g\/([^/]+)\/$/.exec(link?.url ?? "") ?? [];
  expect(token).not.toBe("");
  return token;
}

describe("a link", () => {
  test("leads to its channel, without a thread or a message, and to no other", async () => {
    const links = await setScene();
    const destination = { ...general, thread: "t1", message: "m1" };
    const link = await links.create(destination);
    expect(link).toMatchObject({ url: expect.stringMatching(/^https:\/\/reel\.example\/g\/[\w.-]+\/$/) });
    expect(link?.expiresAt).toBe(1_000_000 + LIFETIME_MS);
    expect(await links.open(tokenOf(link))).toEqual(general);
    expect(await links.open(tokenOf(await links.create(random)))).toEqual(random);
  });

  test("may last for a fraction of a day", async () => {
    const links = await setScene({ lifetimeMs: (1 / 7) * LIFETIME_MS });
    const link = await links.create(general);
    expect(await links.open(tokenOf(link))).toEqual(general);
    expect(link?.expiresAt).toBe(1_000_000 + 12_342_857);
  });

  test("tells nothing of the channel", async () => {
    const links = await setScene();
    const url = (await links.create(general))?.url ?? "";
    for (const id of [general.workspace, general.channel]) {
      expect(url).not.toContain(id);
      expect(url).not.toContain(BigInt(id).toString(36));
      expect(url).not.toContain(Buffer.from(id).toString("base64url"));
    }
  });

  test("works after a restart", async () => {
    const store = await openStore();
    const token = tokenOf(await (await setScene({ store })).create(general));
    expect(await (await setScene({ store })).open(token)).toEqual(general);
  });

  test("ends when its time is over", async () => {
    let time = 5_000;
    const links = await setScene({ now: () => time });
    const token = tokenOf(await links.create(general));
    time += LIFETIME_MS - 1;
    expect(await links.open(token)).toEqual(general);
    time += 1;
    expect(await links.open(token)).toBe("expired");
    expect(await links.open(tokenOf(await links.create(general)))).toEqual(general);
  });

  test("is not given where there is no public address, or the channel has it switched off", async () => {
    expect(await (await setScene({ baseUrl: undefined })).create(general)).toBeUndefined();
    const off = new Set<string>();
    const links = await setScene({ off });
    const token = tokenOf(await links.create(general));
    off.add(general.channel);
    expect(await links.create(general)).toBeUndefined();
    expect(await links.open(token)).toBe("off");
    off.clear();
    expect(await links.open(token)).toEqual(general);
  });
});

describe("revoking", () => {
  test("ends every link of that channel and none of another; the next one works", async () => {
    const links = await setScene();
    const old = [tokenOf(await links.create(general)), tokenOf(await links.create(general))];
    const other = tokenOf(await links.create(random));
    await links.revoke(general);
    for (const token of old) expect(await links.open(token)).toBe("revoked");
    expect(await links.open(other)).toEqual(random);
    const fresh = tokenOf(await links.create(general));
    expect(await links.open(fresh)).toEqual(general);
    await links.revoke(general);
    expect(await links.open(fresh)).toBe("revoked");
  });

  test("a channel that never had a link is fine", async () => {
    const links = await setScene();
    await links.revoke(general);
    expect(await links.open(tokenOf(await links.create(general)))).toEqual(general);
  });

  test("holds for links that were made at the same time", async () => {
    const links = await setScene();
    const made = await Promise.all(Array.from({ length: 8 }, () => links.create(general)));
    for (const link of made) expect(await links.open(tokenOf(link))).toEqual(general);
    await links.revoke(general);
    for (const link of made) expect(await links.open(tokenOf(link))).toBe("revoked");
  });
});

describe("a token", () => {
  test("that was changed anywhere opens nothing", async () => {
    const links = await setScene();
    const tokens = [tokenOf(await links.create(general)), tokenOf(await links.create(random))];
    const characters = [..."ABCXYZabcxyz0189-_. %/é"];
    const edit = fc.record({
      token: fc.constantFrom(...tokens),
      at: fc.nat({ max: 120 }),
      remove: fc.nat({ max: 2 }),
      insert: fc.string({ unit: fc.constantFrom(...characters), maxLength: 3 }),
    });
    const changed = edit
      .map(({ token, at, remove, insert }) => {
        const from = Math.min(at, token.length);
        return token.slice(0, from) + insert + token.slice(from + remove);
      })
      .filter((token) => !tokens.includes(token));
    await fc.assert(
      fc.asyncProperty(changed, async (token) => {
        expect(await links.open(token)).toBe("unknown");
      }),
      { numRuns: 2_000 },
    );
  });

  test("put together from parts of others opens nothing", async () => {
    let time = 1_000_000;
    const links = await setScene({ now: () => time });
    const one = tokenOf(await links.create(general)).split(".");
    time += 1_000;
    const two = tokenOf(await links.create(random)).split(".");
    for (let mask = 1; mask < 2 ** one.length - 1; mask++) {
      const mixed = one.map((part, index) => (mask & (1 << index) ? two[index] : part)).join(".");
      if (mixed === one.join(".") || mixed === two.join(".")) continue;
      expect(await links.open(mixed)).toBe("unknown");
    }
  });

  test("of another installation opens nothing, and neither does any text", async () => {
    const links = await setScene();
    const foreign = tokenOf(await (await setScene()).create(general));
    expect(await links.open(foreign)).toBe("unknown");
    await links.create(general);
    expect(await links.open(foreign)).toBe("unknown");
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await links.open(text)).toBe("unknown");
      }),
    );
    for (const name of ["constructor", "__proto__", "toString"]) {
      expect(await links.open(foreign.replace(/^[^.]+/, name))).toBe("unknown");
    }
  });

  test("goes on working when a new key comes, until its own is taken away", async () => {
    const store = await openStore();
    const links = await setScene({ store });
    const old = tokenOf(await links.create(general));
    const keys = store.collection<{ current: string; secrets: Record<string, string> }>({
      name: "gallery-key",
      version: 1,
    });
    await keys.update("signing", (known) => ({
      current: "k2",
      secrets: { ...known?.secrets, k2: "a new secret of no less than thirty-two bytes" },
    }));
    const fresh = tokenOf(await links.create(general));
    expect(fresh.split(".")[0]).toBe("k2");
    expect(await links.open(old)).toEqual(general);
    expect(await links.open(fresh)).toEqual(general);
    await keys.update("signing", (known) => ({
      current: "k2",
      secrets: { k2: known?.secrets.k2 ?? "" },
    }));
    expect(await links.open(old)).toBe("unknown");
    expect(await links.open(fresh)).toEqual(general);
  });
});

test("a key is replaced after thirty days, links that have not ended go on, and the one before goes then", async () => {
  const store = await openStore();
  const clock = { now: 1_000_000 };
  const lifetimeMs = 40 * 86_400_000;
  const links = await setScene({ store, lifetimeMs, now: () => clock.now });
  const nameOf = (token: string) => token.split(".")[0];
  const first = tokenOf(await links.create(general));
  clock.now += lifetimeMs - 1;
  const sameKey = tokenOf(await links.create(general));
  expect([nameOf(first), nameOf(sameKey)]).toEqual(["k1", "k1"]);
  clock.now += 1;
  const second = tokenOf(await links.create(general));
  expect(nameOf(second)).toBe("k2");
  expect([await links.open(first), await links.open(sameKey)]).toEqual(["expired", general]);
  clock.now += lifetimeMs;
  const third = tokenOf(await links.create(general));
  expect([nameOf(third), await links.open(sameKey), await links.open(third)]).toEqual([
    "k3",
    "unknown",
    general,
  ]);
});
