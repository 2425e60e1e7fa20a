// The logger's shape, and pino behind it: constant messages, flat context, one JSON object a line on stderr.

import pino from "pino";

export type Context = Readonly<Record<string, unknown>>;

export type Log = {
  readonly error: (message: string, context?: Context, error?: unknown) => void;
  readonly warn: (message: string, context?: Context, error?: unknown) => void;
  readonly info: (message: string, context?: Context) => void;
  readonly debug: (message: string, context?: Context) => void;
  /** The same log with this context on every line. */
  readonly child: (context: Context) => Log;
};

export type Level = "error" | "warn" | "info" | "debug" | "silent";

/** Writes to stderr: stdout belongs to results. Synchronous, so that the last line before an exit is there. */
export function createLog(level: Level): Log {
  return wrap(pino({ level, base: null }, pino.destination({ dest: 2, sync: true })));
}

function wrap(logger: pino.Logger): Log {
  const write =
    (level: "error" | "warn" | "info" | "debug") =>
    (message: string, context: Context = {}, error?: unknown): void =>
      logger[level](error === undefined ? context : { ...context, err: error }, message);
  return {
    error: write("error"),
    warn: write("warn"),
    info: write("info"),
    debug: write("debug"),
    child: (context) => wrap(logger.child(context)),
  };
}
