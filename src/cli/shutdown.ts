// How a command ends: the first signal drains, the second one exits; what was opened is closed in reverse order.

import type { Clock } from "../lib/clock.ts";

export type Closers = {
  /** Registers what must be closed, whatever happens. */
  readonly add: (close: () => Promise<void> | void) => void;
  /** Closes everything, last opened first. Errors of closers are collected and thrown together. */
  readonly closeAll: () => Promise<void>;
};

export function createClosers(): Closers {
  const closers: (() => Promise<void> | void)[] = [];
  return {
    add: (close) => closers.push(close),
    closeAll: async () => {
      const errors: unknown[] = [];
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
        try {
          await close();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, "some things could not be closed");
    },
  };
}

/** What aborts a command's signal when the process is told to end. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signalNumber: number;

  constructor(signalName: string, signalNumber: number) {
    super(`interrupted by ${signalName}`);
    this.signalNumber = signalNumber;
  }
}

/** What aborts it when nobody reads stdout any more. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** npm passes on what the terminal has sent to the whole group: the same signal within this time is the same one. */
const ECHO_MS = 500;

/** Aborts on the first signal; the second one, another or a later one, exits at once. */
export function interruptible(clock: Clock): AbortController {
  const controller = new AbortController();
  let first: { readonly name: string; readonly atMs: number } | undefined;
  for (const [name, number] of Object.entries(SIGNALS) as [keyof typeof SIGNALS, number][]) {
    process.on(name, () => {
      if (first?.name === name && clock.nowMs() - first.atMs < ECHO_MS) return;
      if (first !== undefined) process.exit(128 + number);
      first = { name, atMs: clock.nowMs() };
      process.stderr.write(`assay: ${name}: ending, once more to end at once\n`);
      controller.abort(new Interrupted(name, number));
    });
  }
  return controller;
}
