import { createWaitingLine } from "../../src/jobs/waiting-line.ts";
import { waitingLineSuite } from "./suites/waiting-line-suite.ts";

waitingLineSuite("in memory", { open: async (options) => [createWaitingLine(options)], processes: 1 });
