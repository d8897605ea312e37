import { defineConfig } from "vitest/config";

/** What needs a redis-server: the ports' suites on it, and several processes that share one. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    name: "cluster",
    include: ["test/cluster/**/*.test.ts"],
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
