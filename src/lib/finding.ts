// One thing that was looked at, and what came of it.

export type Verdict = "ok" | "differs" | "unchecked" | "note";

export type Finding = {
  /** What was looked at: "config.digest". */
  readonly check: string;
  readonly verdict: Verdict;
  /** What was found; where it differs, got and want. */
  readonly text: string;
};

export const ok = (check: string, text: string): Finding => ({ check, verdict: "ok", text });
export const differs = (check: string, text: string): Finding => ({ check, verdict: "differs", text });
export const unchecked = (check: string, why: string): Finding => ({ check, verdict: "unchecked", text: why });
/** A fact that is neither right nor wrong. */
export const note = (check: string, text: string): Finding => ({ check, verdict: "note", text });

type Plain = bigint | number | string | boolean;

export function compare(check: string, got: Plain, want: Plain): Finding {
  return got === want ? ok(check, String(got)) : differs(check, `got ${got}, want ${want}`);
}

/** Ok with `text` when there is no problem, differs with all of them otherwise. */
export function unless(check: string, problems: readonly string[], text: string): Finding {
  return problems.length === 0 ? ok(check, text) : differs(check, problems.join("; "));
}

/** "maxAge: got 2, want 1", for those that differ. */
export function differences(findings: readonly Finding[]): readonly string[] {
  return findings.filter(({ verdict }) => verdict === "differs").map(({ check, text }) => `${check}: ${text}`);
}
