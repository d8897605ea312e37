import keyvTestSuite, { keyvIteratorTests } from "@keyv/test-suite";
import Keyv from "keyv";
import * as vitest from "vitest";
import { openSqlite } from "../../src/store/sqlite-storage.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

vitest.describe.each(["memory", "file"])("SQLite storage in %s", (kind) => {
  const path = kind === "memory" ? ":memory:" : `${temporaryFolder(vitest.afterAll)}/store.db`;
  const connection = openSqlite({ path });
  vitest.afterAll(() => connection.close());

  keyvTestSuite(vitest, Keyv, () => connection.storage());
  keyvIteratorTests(vitest, Keyv, () => connection.storage());
});
