import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { imageAttachment } from "../../../src/slack/attachments.ts";
import { createSlackServer, type SlackServer } from "../../servers/slack/slack-server.ts";

const token = "xoxb-T1-secret";
const bytes = Buffer.from("a picture");
const signal = () => AbortSignal.timeout(5_000);

let slack: SlackServer;
beforeEach(async () => {
  slack = await createSlackServer();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await slack.close();
});

function picture(options: { token?: string; url?: string; apiUrl?: string | undefined } = {}) {
  const { url_private } = slack.person("bob").uploadFile({ name: "cat.png", bytes });
  const file = {
    id: "F00000001",
    name: "cat.png",
    file_access: "visible",
    mimetype: "image/png",
    size: bytes.length,
    url_private: options.url ?? url_private,
  };
  const { token: asked = token, apiUrl } = { apiUrl: slack.apiUrl, ...options };
  const call = () => Promise.reject(new Error("Slack has nothing to say."));
  return imageAttachment(file, { workspace: { id: "T1", token: asked, call }, apiUrl });
}

it("says what Slack claims and streams what Slack has", async () => {
  const image = picture();
  expect(image).toMatchObject({ filename: "cat.png", contentType: "image/png", bytes: bytes.length });
  expect(await buffer(await image.open(signal()))).toEqual(bytes);
});

it("does not take the sign-in page that a wrong token is sent to", async () => {
  await expect(picture({ token: "xoxb-wrong" }).open(signal())).rejects.toMatchObject({
    code: "file_refused",
  });
});

it("may be tried again when the connection breaks", async () => {
  slack.inject({ method: "download", fault: "drop" });
  await expect(picture().open(signal())).rejects.toMatchObject({ retryable: true });
});

describe("the token", () => {
  it.each([
    "http://files.slack.com/files-pri/T1-F1/a.png",
    "https://files.slack.com.example.com/a.png",
    "https://evilslack.com/a.png",
    "https://slack.com@example.com/a.png",
    "http://127.0.0.1:1/a.png",
    "not an address",
  ])("is not sent to %s", async (url) => {
    await expect(picture({ url }).open(signal())).rejects.toMatchObject({
      code: "foreign_host",
      retryable: false,
    });
  });

  it("is sent to the origin of the API only where that is set", async () => {
    await expect(picture({ apiUrl: undefined }).open(signal())).rejects.toMatchObject({
      code: "foreign_host",
    });
  });

  it("is sent to Slack's own hosts", async () => {
    const url = "https://files.slack.com/files-pri/T1-F1/a.png";
    vi.stubGlobal(
      "fetch",
      async (asked: URL) => new Response(asked.href === url ? bytes : "", { status: 200 }),
    );
    expect(await buffer(await picture({ url, apiUrl: undefined }).open(signal()))).toEqual(bytes);
  });
});
