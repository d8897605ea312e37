import type { Metrics } from "../../src/metrics/metrics.ts";

/** Counts nothing. */
export const noMetrics: Metrics = {
  jobWritten() {},
  activeJobs() {},
  workBegun() {},
  workFailed() {},
  called() {},
  bytes() {},
  edit() {},
  budgetWaited() {},
};
