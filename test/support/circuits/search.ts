// A search for assignments of a circuit's wires that its constraints accept: what a prover could send if one of them were gone.
//
// From the wires that are given it goes where the constraints lead: one with a single unknown wire decides it, or leaves two
// roots. Where there is a choice the usual value comes first, and others as often as `deviations` allows.

import { PRIME, reduce } from "../../../src/lib/field.ts";
import { invert, type System } from "./constraints.ts";

export type Sought = {
  /** The constraint that is gone; none where left out. */
  readonly without?: number | undefined;
  readonly given: ReadonlyMap<number, bigint>;
  /** Of every wire. */
  readonly usual: readonly bigint[];
  readonly deviations: number;
  /** Of choices looked at, after which the search ends. */
  readonly steps: number;
};

type Choice = { readonly wire: number; readonly values: readonly { readonly value: bigint; readonly cost: number }[] };

/** Every one keeps all constraints but the one that is gone. */
export function* accepted(
  system: System,
  { without, given, usual, deviations, steps }: Sought,
): Generator<readonly bigint[]> {
  const state = createState(system, without);
  let left = steps;

  function* from(budget: number): Generator<readonly bigint[]> {
    if (left-- <= 0 || !state.propagate()) return;
    const choice = state.choice(usual);
    if (choice === undefined) {
      yield state.values();
      return;
    }
    for (const { value, cost } of choice.values) {
      if (cost > budget) continue;
      const mark = state.mark();
      state.assign(choice.wire, value);
      yield* from(budget - cost);
      state.undo(mark);
    }
  }

  state.assign(0, 1n);
  for (const [wire, value] of given) state.assign(wire, value);
  yield* from(deviations);
}

type Sums = [bigint, bigint, bigint];

function createState(system: System, without: number | undefined) {
  const values: (bigint | undefined)[] = new Array(system.wireCount).fill(undefined);
  /** Of the wires with a value, and how many have none. */
  const sums = system.rows.map((): Sums => [0n, 0n, 0n]);
  const unknown = new Array<number>(system.rows.length).fill(0);
  const members = system.rows.map((): number[] => []);
  for (const [wire, places] of system.places.entries()) {
    for (const { row } of places) {
      unknown[row] = (unknown[row] ?? 0) + 1;
      members[row]?.push(wire);
    }
  }
  const trail: number[] = [];
  let pending: number[] = [];

  const add = (wire: number, value: bigint, by: 1 | -1): void => {
    for (const { row, coefficients } of system.places[wire] ?? []) {
      const sum = sums[row] as Sums; // a place's row is one of the system's
      for (const k of [0, 1, 2] as const) sum[k] = (sum[k] + BigInt(by) * coefficients[k] * value) % PRIME;
      unknown[row] = (unknown[row] ?? 0) - by;
      if (by === 1 && (unknown[row] ?? 0) <= 1 && row !== without) pending.push(row);
    }
  };

  const assign = (wire: number, value: bigint): void => {
    values[wire] = reduce(value);
    trail.push(wire);
    add(wire, reduce(value), 1);
  };

  /** (a + da x)(b + db x) - (c + dc x) of the one unknown wire; its constant alone where none is left. */
  const polynomial = (row: number) => {
    const wire = members[row]?.find((one) => values[one] === undefined);
    const [a, b, c] = sums[row] as Sums;
    const constant = reduce(a * b - c);
    if (wire === undefined) return { wire, constant, linear: 0n, square: 0n, roots: [] };
    const place = system.places[wire]?.find((one) => one.row === row);
    const [da, db, dc] = place?.coefficients ?? [0n, 0n, 0n];
    const square = reduce(da * db);
    // Both factors' roots, where the product is to be 0.
    const roots = square !== 0n && c === 0n && dc === 0n ? [-a * invert(da), -b * invert(db)].map(reduce) : [];
    return { wire, constant, linear: reduce(a * db + b * da - dc), square, roots };
  };

  const settle = (row: number): boolean => {
    const { wire, constant, linear, square, roots } = polynomial(row);
    if (wire === undefined) return constant === 0n;
    const [first, second] = roots;
    if (square === 0n && linear === 0n) return constant === 0n;
    if (square === 0n) assign(wire, reduce(-constant * invert(linear)));
    else if (first !== undefined && first === second) assign(wire, first);
    return true;
  };

  return {
    assign,
    mark: () => trail.length,
    undo: (mark: number): void => {
      for (const wire of trail.splice(mark).reverse()) {
        add(wire, values[wire] ?? 0n, -1);
        values[wire] = undefined;
      }
      pending = [];
    },
    /** False where a constraint cannot hold any more. */
    propagate: (): boolean => {
      for (let row = pending.pop(); row !== undefined; row = pending.pop()) if (!settle(row)) return false;
      return true;
    },
    choice: (usual: readonly bigint[]): Choice | undefined => {
      const row = unknown.findIndex((count, at) => count === 1 && at !== without && polynomial(at).square !== 0n);
      if (row >= 0) {
        const { wire = 0, roots, constant, linear, square } = polynomial(row);
        const own = usual[wire] ?? 0n;
        if (roots.length === 0) {
          const holds = reduce((square * own + linear) * own + constant) === 0n;
          return { wire, values: holds ? [{ value: own, cost: 0 }] : [] };
        }
        const extra = roots.some((root) => root === own) ? 1 : 0;
        const ordered = roots.toSorted((a, b) => Number(b === own) - Number(a === own));
        return { wire, values: ordered.map((value) => ({ value, cost: value === own ? 0 : extra })) };
      }
      // First those that the missing constraint would have decided.
      const wire = [...(members[without ?? -1] ?? []), ...values.keys()].find((one) => values[one] === undefined);
      if (wire === undefined) return undefined;
      const own = usual[wire] ?? 0n;
      const others = [own + 1n, own - 1n, 0n, 1n].map((value) => ({ value: reduce(value), cost: 1 }));
      return { wire, values: [{ value: own, cost: 0 }, ...others] };
    },
    /** Complete ones only. */
    values: (): readonly bigint[] => values.map((value) => value ?? 0n),
  };
}
