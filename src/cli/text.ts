// Figures as a person reads them. Integers only.

/** The last second that JavaScript has a date for. */
const LAST = 8.64e12;

/** "2023-03-09 21:24:00 UTC". Of what can be no date, as a hostile contract may say: the number. */
export function isoSeconds(seconds: number): string {
  if (!(seconds >= 0 && seconds <= LAST)) return `second ${seconds}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `part` in percent of `whole`, two decimals, rounded toward zero, with a sign: "+12.99 %". */
export function percentOf(part: bigint, whole: bigint): string {
  if (whole === 0n) return "n/a";
  const basisPoints = (part * 10_000n) / whole;
  const magnitude = basisPoints < 0n ? -basisPoints : basisPoints;
  const sign = basisPoints < 0n ? "-" : "+";
  return `${sign}${magnitude / 100n}.${String(magnitude % 100n).padStart(2, "0")} %`;
}

/** A score as what it is of the chart's threshold, rounded down: 385 is "1.50". */
export function scoreText(score: bigint): string {
  const hundredths = (score * 100n) / 256n;
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`;
}

/** "1 price", "2 prices", "no price". */
export function countText(count: number, singular: string): string {
  if (count === 0) return `no ${singular}`;
  return `${count} ${singular}${count === 1 ? "" : "s"}`;
}

/** Rows as lines whose columns stand below each other, two blanks apart. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, k) => Math.max(...rows.map((row) => row[k]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, k) => cell.padEnd(widths[k] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
