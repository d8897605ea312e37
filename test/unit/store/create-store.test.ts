import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createStore } from "../../../src/store/create-store.ts";
import { temporaryFolder } from "../../fixtures/temporary-folder.ts";

it.each(["", "sqlite:", "memory:x", "mysql://root:s3cret@db/showreel", "./data/showreel.db", "constructor:"])(
  "refuses %j, naming what it takes and no password",
  async (url) => {
    const opened = createStore({ url });
    await expect(opened).rejects.toMatchObject({ name: "UserError", code: "store_url" });
    await expect(opened).rejects.toThrow(
      "STORE_URL has to look like one of sqlite:./data/showreel.db, memory:, redis://localhost:6379.",
    );
  },
);

it("names the file that is no database, and can open it once that is mended", async () => {
  const path = join(temporaryFolder(onTestFinished), "store.db");
  await writeFile(path, "something else".repeat(100));
  const opened = createStore({ url: `sqlite:${path}` });
  await expect(opened).rejects.toMatchObject({ name: "UserError", code: "store_unusable" });
  await expect(opened).rejects.toThrow(path);

  await writeFile(path, "");
  const store = await createStore({ url: `sqlite:${path}` });
  await store.close();
});

it("names the path that is a folder", async () => {
  const folder = temporaryFolder(onTestFinished);
  await expect(createStore({ url: `sqlite:${folder}` })).rejects.toThrow(
    `The store ${folder} cannot be opened`,
  );
});
