// The reporter that crashes and the one that comes after it are the same.

import type { ReporterOptions } from "../../../src/daemon/reporter.ts";
import { CONFIGURATION, IDENTITY } from "../../support/feedSetFixture.ts";

export const NOW_SECONDS = 6_000_000;

export const REPORTER: ReporterOptions = {
  name: "crasher",
  slot: 0,
  feedSetId: CONFIGURATION.feedSetId,
  periodSeconds: IDENTITY.periodSeconds,
  capacity: CONFIGURATION.capacity.feeds,
  deadlineMs: 1000,
};
