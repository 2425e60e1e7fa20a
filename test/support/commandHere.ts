// A command in the test's own process: many refusals cost what one start of the real command does.

import { join } from "node:path";
import type { Environment } from "../../src/cli/environment.ts";
import { createClosers } from "../../src/cli/shutdown.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { AssayError, exitCodeOf } from "../../src/lib/errors.ts";

const root = join(import.meta.dirname, "../..");

/** What main.ts makes of it. */
export async function here(
  run: (environment: Environment) => Promise<void>,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  let [stdout, stderr] = ["", ""];
  const closers = createClosers();
  const environment: Environment = {
    ...{ root, clock: systemClock, closers, signal: new AbortController().signal },
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
  };
  try {
    await run(environment);
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { code: exitCodeOf(error), stdout, stderr: `${stderr}assay: ${error.message} [${error.code}]\n` };
  } finally {
    await closers.closeAll();
  }
}
