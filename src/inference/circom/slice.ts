// Rows of a step that stand in one template: all of them, or as many as one witness generator's function should hold.

/** Rows [from, to) of a step; of a single row's sum, where it is too long for one template, its terms [from, to). */
export type Slice = {
  readonly from: number;
  readonly to: number;
  readonly terms?: { readonly from: number; readonly to: number };
};

/**
 * As few slices as have at most `most` wires each, in order; `wires` are each row's. A row of more is cut by its terms where
 * it is a sum (`terms` are each row's, 2 wires each at most), and stands alone where it is not.
 */
export function slicesOf(wires: readonly number[], most: number, terms?: readonly number[]): readonly Slice[] {
  if (!(most >= 2)) throw new RangeError(`got at most ${most} wires, want at least the 2 of one term`);
  const slices: Slice[] = [];
  let from = 0;
  let sum = 0;
  const close = (to: number): void => {
    if (to > from) slices.push({ from, to });
    from = to;
    sum = 0;
  };
  for (const [row, count] of wires.entries()) {
    if (sum + count > most) close(row);
    sum += count;
    if (count <= most || terms === undefined) continue;
    slices.push(...pieces(row, terms[row] ?? 0, Math.floor(most / 2)));
    from = row + 1;
    sum = 0;
  }
  close(wires.length);
  return slices;
}

function pieces(row: number, terms: number, each: number): readonly Slice[] {
  return Array.from({ length: Math.ceil(terms / each) }, (_, n) => ({
    ...{ from: row, to: row + 1 },
    terms: { from: each * n, to: Math.min(each * (n + 1), terms) },
  }));
}
