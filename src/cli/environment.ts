// What every command gets from the process, so that no command reaches for it.

import type { Clock } from "../lib/clock.ts";
import type { Closers } from "./shutdown.ts";

export type Environment = {
  /** Project root. */
  readonly root: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly closers: Closers;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
};
