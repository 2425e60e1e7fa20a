// The one error class: a stable code, what was got and wanted, and what the caller should do about it.

/** What a caller does with the error: try again later, leave this input out, or stop. */
export type Disposition = "retry" | "reject" | "fatal";

export type ErrorOptions = {
  readonly cause?: unknown;
  readonly disposition?: Disposition;
  readonly data?: Readonly<Record<string, unknown>>;
};

/** Every error that this project throws on purpose. `code` is public API (docs/errors.md): never reworded. */
export class AssayError extends Error {
  override readonly name = "AssayError";
  readonly code: string;
  readonly disposition: Disposition;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.disposition = options.disposition ?? "fatal";
    this.data = options.data ?? {};
  }
}

/** Process exit codes (sysexits.h where it has one). `differs` is not 1: a watcher must tell a finding from a crash. */
export const EXIT = { done: 0, bug: 1, usage: 64, differs: 65, tryAgain: 75, badConfiguration: 78 } as const;

/** Errors that end a command with `differs`: it did all of its work, and what it found is not what was wanted. */
const DIFFERS = /^inspect\.|^inference\.(refused|unsatisfied)$/;
/** Those that end it with `badConfiguration`: somebody has to change a file, an account or a mind. */
const BAD_CONFIGURATION =
  /^(job|configuration|deploy|key|inference)\.|^model\.(?!(price|rank)$)|^chain\.(answer|developmentKeys|endpoint)$/;

export function exitCodeOf({ code, disposition }: AssayError): number {
  if (disposition === "retry") return EXIT.tryAgain;
  if (code.startsWith("usage.")) return EXIT.usage;
  if (DIFFERS.test(code)) return EXIT.differs;
  return BAD_CONFIGURATION.test(code) ? EXIT.badConfiguration : EXIT.bug;
}
