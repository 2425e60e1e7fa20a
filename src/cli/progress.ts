// Progress of long steps, on stderr: one line when a step begins, then one every two seconds while it lasts.

import type { Clock } from "../lib/clock.ts";

export type Progress = {
  /** A step is at `fraction` (0 to 1). */
  readonly step: (name: string, fraction?: number) => void;
  /** A line of its own. */
  readonly say: (line: string) => void;
  /** Does `work`; a step of it that says nothing for two seconds is said again, with its seconds. */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
};

const QUIET_MS = 2000;

export function createProgress(clock: Clock, write: (text: string) => void): Progress {
  let current = "";
  let begunMs = 0;
  let spokenMs = 0;
  const speak = (how: string): void => {
    spokenMs = clock.nowMs();
    write(`assay: ${current} ...${how}\n`);
  };
  const repeat = async (signal: AbortSignal): Promise<void> => {
    try {
      for (;;) {
        await clock.sleep(QUIET_MS, signal);
        if (current === "" || clock.nowMs() - spokenMs < QUIET_MS) continue;
        speak(` ${Math.floor((clock.nowMs() - begunMs) / 1000)} s`);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
  return {
    say: (line) => write(`assay: ${line}\n`),
    step: (name, fraction) => {
      if (name !== current) {
        current = name;
        begunMs = clock.nowMs();
        speak("");
      } else if (clock.nowMs() - spokenMs >= QUIET_MS) {
        speak(fraction === undefined ? "" : ` ${Math.floor(fraction * 100)} %`);
      }
    },
    during: async (work) => {
      const done = new AbortController();
      const repeating = repeat(done.signal);
      try {
        return await work();
      } finally {
        done.abort();
        await repeating;
      }
    },
  };
}
