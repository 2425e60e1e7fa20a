// Progress of long steps, on stderr: one line when a step begins, then one every two seconds while it lasts.

import type { Clock } from "../lib/clock.ts";

export type Progress = {
  /** A step is at `fraction` (0 to 1). */
  readonly step: (name: string, fraction?: number) => void;
  /** A line of its own. */
  readonly say: (line: string) => void;
};

const QUIET_MS = 2000;

export function createProgress(clock: Clock, write: (text: string) => void): Progress {
  let current = "";
  let spokenMs = 0;
  return {
    say: (line) => write(`assay: ${line}\n`),
    step: (name, fraction) => {
      const now = clock.nowMs();
      if (name === current && now - spokenMs < QUIET_MS) return;
      const percent = fraction === undefined || name !== current ? "" : ` ${Math.floor(fraction * 100)} %`;
      current = name;
      spokenMs = now;
      write(`assay: ${name} ...${percent}\n`);
    },
  };
}
