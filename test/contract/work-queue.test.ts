import { pino } from "pino";
import { createInProcessQueue } from "../../src/queue/in-process-queue.ts";
import { workQueueSuite } from "./suites/work-queue-suite.ts";

workQueueSuite("in one process", {
  processes: 1,
  open: async ({ concurrency }) => [createInProcessQueue({ concurrency, logger: pino({ level: "silent" }) })],
});
