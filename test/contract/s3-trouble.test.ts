import { text } from "node:stream/consumers";
import { expect, it, onTestFinished, vi } from "vitest";
import { openS3, PREFIX, startS3 } from "../fixtures/s3.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import type { Fault } from "../servers/faults.ts";
import { s3Error } from "../servers/s3/xml.ts";

const MB = 1024 ** 2;
const KEY = "job1/video.mp4";
/** The SDK tries that often. */
const ATTEMPTS = 3;

const body = (bytes: number) => [Buffer.alloc(bytes)];
const refusal = (status: number, code: string) => s3Error(status, code, "No.") satisfies Fault;

/** A machine on which the SDK finds no keys but those of the environment. */
function leaveNoKeys(): void {
  const folder = temporaryFolder(onTestFinished);
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  vi.stubEnv("HOME", folder);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  onTestFinished(() => void vi.unstubAllEnvs());
}

it.each<[string, Fault]>([
  ["an error of the server", refusal(500, "InternalError")],
  ["a line that is cut", "drop"],
  ["an answer that is lost", { after: "drop" }],
])("gets over %s", async (_name, fault) => {
  const server = await startS3();
  const media = await openS3(server);
  server.inject({ path: /./, fault });
  await media.put(KEY, [Buffer.from("whole")]);
  server.inject({ path: /./, fault });
  expect(await media.stat(KEY)).toMatchObject({ bytes: 5 });
  server.inject({ path: /./, fault });
  expect(await text(media.read(KEY))).toBe("whole");
});

it.each<[string, Fault, string, string]>([
  ["errors of the server", refusal(500, "InternalError"), "unwritable", "failed (InternalError, 500)"],
  ["cut lines", "drop", "unwritable", "does not answer"],
  ["silence", { delayMs: 2_000 }, "unwritable", "does not answer"],
  ["no permission", refusal(403, "AccessDenied"), "unwritable", "does not let the bot do that"],
  ["another region", refusal(301, "PermanentRedirect"), "unwritable", "set S3_REGION"],
  ["a full disk of MinIO", refusal(507, "XMinioStorageFull"), "disk_full", "is full"],
  ["a full quota of Ceph", refusal(403, "QuotaExceeded"), "disk_full", "is full"],
  ["no S3 at all", { status: 404, body: "<html>Not here</html>" }, "unwritable", "failed"],
])("says in words that it met %s, and goes on when that is mended", async (_name, fault, code, words) => {
  const server = await startS3();
  const media = await openS3(server, { timeoutMs: 300 });
  const trouble = { service: "media", code, retryable: true, message: expect.stringContaining(words) };
  server.inject({ path: /./, times: 2 * ATTEMPTS, fault });
  await expect(media.put(KEY, body(1))).rejects.toMatchObject(trouble);
  await expect(media.check()).rejects.toMatchObject(trouble);
  const isWell = () =>
    media.check().then(
      () => true,
      () => false,
    );
  await expect.poll(isWell).toBe(true);
  await media.put(KEY, body(1));
  expect((await media.stat(KEY))?.bytes).toBe(1);
});

it.each<[string, Partial<Parameters<typeof openS3>[1]>, string]>([
  ["no such bucket", { bucket: "another" }, "no such bucket"],
  ["a wrong secret", { secretAccessKey: "wrong" }, "does not let the bot do that"],
  ["a key that is none", { accessKeyId: "AKIANOBODY" }, "does not let the bot do that"],
  ["a wrong region", { region: "us-west-2" }, "set S3_REGION"],
])("says in words that it was set up with %s", async (_name, options, words) => {
  const server = await startS3();
  const media = await openS3(server, options);
  const message = expect.stringContaining(words);
  await expect(media.check()).rejects.toMatchObject({ code: "unwritable", retryable: true, message });
  await expect(text(media.read(KEY))).rejects.toMatchObject({ code: "unreadable", retryable: true, message });
  await expect(media.stat(KEY)).rejects.toMatchObject({ code: "unreadable", retryable: true });
  await expect(media.prune(0)).rejects.toMatchObject({ code: "unreadable", retryable: true, message });
  expect(server.objects.size).toBe(0);
});

it("says that a file broke off while it was read", async () => {
  const server = await startS3();
  const media = await openS3(server);
  await media.put(KEY, body(MB));
  server.inject({ method: "GET", path: /./, fault: { cutAfter: 1000 } });
  const broken = { service: "media", code: "unreadable", retryable: true };
  await expect(text(media.read(KEY))).rejects.toMatchObject(broken);
  server.inject({ method: "GET", path: /./, fault: { cutAfter: 1000 } });
  await expect(media.blob(KEY, "video/mp4", new AbortController().signal)).rejects.toMatchObject(broken);
  server.inject({ method: "HEAD", path: /./, fault: refusal(403, "AccessDenied") });
  await expect(media.stat(KEY)).rejects.toMatchObject(broken);
  expect(await text(media.read(KEY))).toHaveLength(MB);
});

it("does not take a file for gone when it is the server that is not there", async () => {
  const server = await startS3();
  const media = await openS3(server);
  await media.put(KEY, body(1));
  server.inject({ path: /./, times: 2, fault: { status: 404, body: "default backend - 404" } });
  await expect(media.stat(KEY)).rejects.toMatchObject({ code: "unreadable", retryable: true });
  server.inject({ path: /./, fault: { status: 404, body: "default backend - 404" } });
  await expect(text(media.read(KEY))).rejects.toMatchObject({ code: "unreadable", retryable: true });
  expect((await media.stat(KEY))?.bytes).toBe(1);
});

it("takes the keys that the SDK finds where it was given none, and says that there are none", async () => {
  leaveNoKeys();
  const server = await startS3();
  const media = await openS3(server, { accessKeyId: undefined, secretAccessKey: undefined });
  const message = expect.stringContaining("set S3_ACCESS_KEY_ID");
  await expect(media.check()).rejects.toMatchObject({ code: "unwritable", retryable: true, message });
  await expect(
    media.links?.sign(KEY, { contentType: "video/mp4", disposition: "inline", seconds: 60 }),
  ).rejects.toMatchObject({ message });
  vi.stubEnv("AWS_ACCESS_KEY_ID", server.keys.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.keys.secretAccessKey);
  await media.check();
  expect([...server.objects.keys()]).toEqual([`${PREFIX}.check`]);
});
