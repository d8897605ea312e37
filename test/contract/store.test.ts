import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createStore } from "../../src/store/create-store.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { storeModel } from "./suites/store-model.ts";
import { type StoreHarness, storeSuite } from "./suites/store-suite.ts";

const passTime = (ms: number) => {
  vi.setSystemTime(Date.now() + ms);
};

let files = 0;
const folder = temporaryFolder(afterAll);
const harnesses: Record<string, StoreHarness> = {
  memory: { open: () => createStore({ url: "memory:" }), passTime },
  sqlite: { open: () => createStore({ url: `sqlite:${folder}/made/${files++}.db` }), passTime },
};

describe("every kind", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  for (const [kind, harness] of Object.entries(harnesses)) {
    storeSuite(kind, harness);
    storeModel(kind, harness);
  }
});

/** Starts another process that writes to the store without end. */
function startWriter(url: string): ChildProcess & { acknowledged(count: number): Promise<string[]> } {
  const program = fileURLToPath(new URL("../fixtures/store-writer.ts", import.meta.url));
  const child = spawn(process.execPath, [program, url], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on("line", (line) => lines.push(line));
  return Object.assign(child, {
    /** All that was acknowledged so far, `count` at least. */
    async acknowledged(count: number) {
      while (lines.length < count) await once(output, "line");
      return lines;
    },
  });
}

describe("sqlite store and other processes", () => {
  it("keeps every acknowledged write of a process that was killed", async () => {
    const url = `sqlite:${temporaryFolder(onTestFinished)}/store.db`;
    const writer = startWriter(url);
    const lines = await writer.acknowledged(200);
    writer.kill("SIGKILL");
    await once(writer, "close");

    const store = await createStore({ url });
    onTestFinished(() => store.close());
    const notes = store.collection<{ n: number }>({ name: "notes", version: 1 });
    const kept = await notes.getMany(lines);
    expect(kept.map((note) => `note:${note?.n}`)).toEqual(lines);
  });

  it("lets one process in at a time, and the next one once that was killed", async () => {
    const path = `${temporaryFolder(onTestFinished)}/store.db`;
    const writer = startWriter(`sqlite:${path}`);
    await writer.acknowledged(1);

    const second = createStore({ url: `sqlite:${path}` });
    await expect(second).rejects.toMatchObject({ name: "UserError", code: "store_in_use" });
    await expect(second).rejects.toThrow(path);

    writer.kill("SIGKILL");
    await once(writer, "close");
    const third = await createStore({ url: `sqlite:${path}` });
    await third.ping();
    await third.close();
  });

  it("is there again after it was closed", async () => {
    const url = `sqlite:${temporaryFolder(onTestFinished)}/store.db`;
    const before = await createStore({ url });
    await before.collection<{ n: number }>({ name: "notes", version: 1 }).insert("note:1", { n: 1 });
    await before.close();

    const after = await createStore({ url });
    onTestFinished(() => after.close());
    const notes = after.collection<{ n: number }>({ name: "notes", version: 1 });
    expect(await Array.fromAsync(notes.entries())).toEqual([["note:1", { n: 1 }]]);
  });
});
