// A reporter that promises its vector and then hangs in its key, for good: killed there, it died between reserve and sign.
// Arguments: path of the journal, price.

import { writeSync } from "node:fs";
import { createReporter } from "../../../src/daemon/reporter.ts";
import { openJournal } from "../../../src/journal/journal.ts";
import { SECRETS } from "../../support/feedSetFixture.ts";
import { createFixedClock } from "../../support/fixedClock.ts";
import { fixedObserve } from "../../support/fixedObserve.ts";
import { NOW_SECONDS, REPORTER } from "./reporterOptions.ts";

const [path = "", price = "0"] = process.argv.slice(2);
const [key] = SECRETS;
if (key === undefined) throw new RangeError("the fixture has no key");
const hanging = {
  ...key,
  sign: (): never => {
    writeSync(1, "reserved\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    throw new Error("nobody wakes this");
  },
};
const reporter = createReporter(
  {
    clock: createFixedClock(NOW_SECONDS),
    journal: openJournal(path),
    key: hanging,
    observe: fixedObserve([BigInt(price), 0n]),
  },
  REPORTER,
);
await reporter.report(NOW_SECONDS / REPORTER.periodSeconds, new AbortController().signal);
