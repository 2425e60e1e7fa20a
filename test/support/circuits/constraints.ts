// An exact checker of R1CS: every constraint over BigInt at a witness, indexed by wire, and the rank of its Jacobian.

import { PRIME, reduce } from "../../../src/lib/field.ts";
import * as R1cs from "../../../src/prove/r1cs.ts";

type Combination = { readonly wires: readonly number[]; readonly coefficients: readonly bigint[] };
type Row = readonly [Combination, Combination, Combination];

/** Where a wire stands in a constraint: its coefficient in each of the three combinations. */
type Place = { readonly row: number; readonly coefficients: [bigint, bigint, bigint] };

export type System = {
  readonly wireCount: number;
  readonly publicOutputCount: number;
  readonly rows: readonly Row[];
  readonly places: readonly (readonly Place[])[];
};

/** A witness with the value of each combination of each constraint, so that an edit costs only the rows it is in. */
export type Evaluated = {
  readonly witness: readonly bigint[];
  readonly sums: readonly (readonly [bigint, bigint, bigint])[];
};

const HALF = PRIME / 2n;
const MATRICES = [0, 1, 2] as const;

export function read(file: Uint8Array): System {
  const r1cs = R1cs.parse(file);
  const places: Place[][] = Array.from({ length: r1cs.wireCount }, () => []);
  const rows = Array.from({ length: r1cs.constraintCount }, (_, row): Row => {
    const own = new Map<number, Place>();
    const combinations = MATRICES.map((matrix): Combination => {
      const terms = R1cs.terms(r1cs, row, matrix);
      // Centred coefficients: those that a circuit's author wrote are small.
      const coefficients = terms.map(({ coefficient }) => (coefficient > HALF ? coefficient - PRIME : coefficient));
      terms.forEach(({ wire }, term) => {
        const place = own.get(wire) ?? { row, coefficients: [0n, 0n, 0n] };
        if (!own.has(wire)) {
          own.set(wire, place);
          places[wire]?.push(place);
        }
        place.coefficients[matrix] += coefficients[term] ?? 0n;
      });
      return { wires: terms.map(({ wire }) => wire), coefficients };
    });
    return combinations as unknown as Row; // MATRICES has three entries
  });
  return { wireCount: r1cs.wireCount, publicOutputCount: r1cs.publicOutputCount, rows, places };
}

export function evaluate(system: System, witness: readonly bigint[]): Evaluated {
  if (witness.length !== system.wireCount || witness[0] !== 1n) {
    throw new RangeError(`got ${witness.length} wires, want ${system.wireCount}, the first of them 1`);
  }
  const sums = system.rows.map(([a, b, c]): [bigint, bigint, bigint] => [
    sum(a, witness),
    sum(b, witness),
    sum(c, witness),
  ]);
  return { witness, sums };
}

/** Indices of the constraints that do not hold. */
export function violated(system: System, witness: readonly bigint[]): readonly number[] {
  const { sums } = evaluate(system, witness);
  return sums.flatMap(([a, b, c], row) => ((a * b - c) % PRIME === 0n ? [] : [row]));
}

/** True when some constraint does not hold: stops at the first. */
export function refuses(system: System, witness: readonly bigint[]): boolean {
  return system.rows.some(([a, b, c]) => (sum(a, witness) * sum(b, witness) - sum(c, witness)) % PRIME !== 0n);
}

/** True when adding `delta` to one wire of a good witness, and nothing else, breaks a constraint. */
export function refusesEdit(system: System, { sums }: Evaluated, wire: number, delta: bigint): boolean {
  return (system.places[wire] ?? []).some(({ row, coefficients }) => {
    const [a, b, c] = sums[row] as readonly [bigint, bigint, bigint]; // a place's row is one of the system's
    const [da, db, dc] = coefficients;
    return ((a + da * delta) * (b + db * delta) - (c + dc * delta)) % PRIME !== 0n;
  });
}

/**
 * The wires among `unknowns` that the constraints do not pin to first order: columns of the Jacobian without a pivot.
 *
 * A row with one unresolved column resolves it; what is left after that goes through Gaussian elimination.
 */
export function loose(system: System, { sums }: Evaluated, unknowns: ReadonlySet<number>): readonly number[] {
  const jacobian = system.rows.map(() => new Map<number, bigint>());
  for (const wire of unknowns) {
    for (const { row, coefficients } of system.places[wire] ?? []) {
      const [a, b] = sums[row] as readonly [bigint, bigint, bigint];
      const derivative = reduce(coefficients[0] * b + coefficients[1] * a - coefficients[2]);
      if (derivative !== 0n) jacobian[row]?.set(wire, derivative);
    }
  }
  const left = peel(system, jacobian, unknowns);
  return left.size === 0 ? [] : eliminate(jacobian, left);
}

/** Resolves columns as long as a row has only one left; gives the rest. */
function peel(system: System, jacobian: readonly Map<number, bigint>[], unknowns: ReadonlySet<number>): Set<number> {
  const left = new Set(unknowns);
  const queue = [...jacobian.keys()].filter((row) => jacobian[row]?.size === 1);
  for (let row = queue.pop(); row !== undefined; row = queue.pop()) {
    const [wire] = jacobian[row]?.keys() ?? [];
    if (wire === undefined) continue;
    left.delete(wire);
    for (const place of system.places[wire] ?? []) {
      const entries = jacobian[place.row];
      if (entries?.delete(wire) && entries.size === 1) queue.push(place.row);
    }
  }
  return left;
}

function eliminate(jacobian: readonly Map<number, bigint>[], columns: ReadonlySet<number>): readonly number[] {
  const rows = new Set(jacobian.filter((row) => row.size > 0));
  const pinned = new Set<number>();
  while (rows.size > 0) {
    let pivot: Map<number, bigint> | undefined;
    for (const row of rows) if (pivot === undefined || row.size < pivot.size) pivot = row;
    if (pivot === undefined) break;
    rows.delete(pivot);
    const [entry] = pivot;
    if (entry === undefined) continue;
    const [column, value] = entry;
    pinned.add(column);
    const inverse = invert(value);
    for (const row of rows) {
      const factor = row.get(column);
      if (factor === undefined) continue;
      const scale = reduce(factor * inverse);
      for (const [wire, other] of pivot) {
        const rest = reduce((row.get(wire) ?? 0n) - scale * other);
        if (rest === 0n) row.delete(wire);
        else row.set(wire, rest);
      }
      if (row.size === 0) rows.delete(row);
    }
  }
  return [...columns].filter((wire) => !pinned.has(wire));
}

/** The inverse of a residue that is not 0. */
export function invert(value: bigint): bigint {
  let [a, b, x, y] = [reduce(value) as bigint, PRIME, 1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b, x, y] = [b, a - quotient * b, y, x - quotient * y];
  }
  return reduce(x);
}

function sum({ wires, coefficients }: Combination, witness: readonly bigint[]): bigint {
  let total = 0n;
  for (let term = 0; term < wires.length; term++) {
    // Both arrays have a length; a wire is below the witness's length, which `evaluate` checks.
    total += (coefficients[term] as bigint) * (witness[wires[term] as number] as bigint);
  }
  return total % PRIME;
}
