import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { ownHostsOnly } from "../../../src/web/security.ts";

async function statusFor(
  asked: string,
  { host, publicUrl }: { host: string; publicUrl?: string },
): Promise<number> {
  const app = new Hono();
  app.use(ownHostsOnly({ host, publicUrl }));
  app.get("/", (c) => c.text("ok"));
  return (await app.request("/", { headers: { host: asked } })).status;
}

describe("ownHostsOnly", () => {
  test.each(["localhost", "localhost:3000", "127.0.0.1:3000", "127.8.9.1", "[::1]:3000", "LOCALHOST:80"])(
    "answers to %s",
    async (asked) => {
      expect(await statusFor(asked, { host: "127.0.0.1" })).toBe(200);
    },
  );

  test.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "192.168.1.5:3000",
    "",
    "a b",
    "[::1",
  ])("on loopback refuses %j", async (asked) => {
    expect(await statusFor(asked, { host: "127.0.0.1" })).toBe(421);
  });

  test.each([
    ["its own name", "studio.lan:3000", "studio.lan", 200],
    ["its own address", "192.168.1.5:3000", "192.168.1.5", 200],
    ["its own IPv6 address", "[fd00::5]:3000", "fd00::5", 200],
    ["any address where it listens on all", "192.168.1.5:3000", "0.0.0.0", 200],
    ["any IPv6 address where it listens on all", "[fd00::5]", "::", 200],
    ["a name where it listens on all", "evil.example", "0.0.0.0", 421],
    ["another address", "192.168.1.6", "192.168.1.5", 421],
  ])("with %s", async (_, asked, host, status) => {
    expect(await statusFor(asked, { host })).toBe(status);
  });

  test("answers to the public name", async () => {
    const settings = { host: "0.0.0.0", publicUrl: "https://reel.example/" };
    expect(await statusFor("reel.example", settings)).toBe(200);
    expect(await statusFor("other.example", settings)).toBe(421);
  });
});
