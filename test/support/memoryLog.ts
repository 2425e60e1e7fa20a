// A log that remembers its lines. Why a fake: the real one writes to stderr, where a test cannot look.

import type { Context, Log } from "../../src/lib/log.ts";

export type LogLine = {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly message: string;
  readonly context: Context;
};

export type MemoryLog = Log & {
  readonly lines: readonly LogLine[];
  /** Resolves with the first line that says this, whether it was written already or comes later. */
  readonly wrote: (message: string) => Promise<LogLine>;
};

export function createMemoryLog(): MemoryLog {
  const lines: LogLine[] = [];
  const waiting: { readonly message: string; readonly resolve: (line: LogLine) => void }[] = [];
  const at =
    (level: LogLine["level"], outer: Context) =>
    (message: string, context: Context = {}): void => {
      const line = { level, message, context: { ...outer, ...context } };
      lines.push(line);
      for (const wait of waiting) if (wait.message === message) wait.resolve(line);
    };
  const withContext = (outer: Context): Log => ({
    error: at("error", outer),
    warn: at("warn", outer),
    info: at("info", outer),
    debug: at("debug", outer),
    child: (context) => withContext({ ...outer, ...context }),
  });
  return {
    ...withContext({}),
    lines,
    wrote: (message) => {
      const { promise, resolve } = Promise.withResolvers<LogLine>();
      const known = lines.find((line) => line.message === message);
      if (known === undefined) waiting.push({ message, resolve });
      else resolve(known);
      return promise;
    },
  };
}
