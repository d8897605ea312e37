import { defineConfig } from "vitest/config";

/** How long `expect.poll` waits: plenty for a busy machine (ms). */
const expectation = { poll: { timeout: 10_000 } };

const MAX_WORKERS = 3;

/** One project per kind of test, so that `npm test -- --project unit` runs a part of them. */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    // Most tests wait for servers, so more of them than there are cores run side by side.
    maxWorkers: MAX_WORKERS,
    projects: [
      // Properties try hundreds of cases, which takes its time on a busy machine.
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          testTimeout: 30_000,
          expect: expectation,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 90_000,
          hookTimeout: 60_000,
          expect: expectation,
        },
      },
    ],
  },
});
