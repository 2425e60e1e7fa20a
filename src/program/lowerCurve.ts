// Sigmoid and tanh in integers: straight pieces between thresholds.

import { at } from "../lib/element.ts";
import { type Curve, errorOf, FRACTION, type Piece, piecesOf, shiftFor, slopeTimes } from "./curve.ts";
import { floorLog2 } from "./integers.ts";
import { type Lowering, materialised, ROOMY_BITS, rounded, type Scaled, widthOf } from "./lowering.ts";
import type { AffineStep, Bounds, StepId } from "./program.ts";

/** Real value of a step that no curve needs finer: an eighth of the result's. */
export const RESOLUTION = 2 ** -(FRACTION + 3);

/** Thresholds choose a slope and an intercept; one product and one rescaling make the value. */
export function lowerCurve(lowering: Lowering, name: string, curve: Curve, operand: Scaled): Scaled {
  const { assembler, quantisation, notes } = lowering;
  const plain = materialised(lowering, name, operand, true);
  const from = resolved(lowering, name, plain);
  const unit = at(from.unit, 0);
  const { bounds, size } = at(assembler.steps, from.step);
  const domain = {
    low: bounds.low.reduce((least, one) => Math.min(least, one)),
    high: bounds.high.reduce((most, one) => Math.max(most, one)),
  };
  const pieces = piecesOf(curve, unit, domain, quantisation.curvePieces);
  const rounding = from.step === plain.step ? 0 : slopeTimes(curve, unit / 2);
  const error = errorOf(curve, unit, domain, pieces) + rounding;
  // Two digits, never fewer than it is.
  const most = (1.05 * error).toPrecision(2);
  notes.push(`${name}: ${curve} by ${pieces.length} straight pieces, off by at most ${most}`);

  // Of each element its own part of the domain: no threshold beyond its bounds.
  const rows = Array.from({ length: size }, (_, element): Row => {
    const [low, high] = [at(bounds.low, element), at(bounds.high, element)];
    const inside = within(pieces, { low, high });
    const thresholds = Float64Array.from(inside.slice(1), ({ start }) => start);
    if (thresholds.length === 0) return { pieces: inside, low, high };
    const step = assembler.add(name, thresholds.length, { kind: "thresholds", source: from.step, element, thresholds });
    return { pieces: inside, low, high, step };
  });
  const slopes = selecting([], rows, (piece) => piece.slope);
  const slope = assembler.add(
    name,
    size,
    slopes,
    extremes(rows, (row) => row.pieces.map((piece) => piece.slope)),
  );
  const product = assembler.add(
    name,
    size,
    { kind: "product", left: slope, right: from.step },
    extremes(rows, products),
  );
  const intercepts = selecting([product], rows, (piece) => piece.intercept);
  const sum = assembler.add(name, size, intercepts, extremes(rows, values));
  const shifts = new Int32Array(size).fill(shiftFor(curve, unit, domain));
  return {
    step: assembler.add(name, size, { kind: "rescaled", source: sum, shifts }),
    unit: new Float64Array(size).fill(2 ** -FRACTION),
  };
}

/** One element: the pieces that it can be in, and the step that tells which one, where there are several. */
type Row = {
  readonly pieces: readonly Piece[];
  readonly low: number;
  readonly high: number;
  readonly step?: StepId;
};

/** The pieces that some integer of the domain is in, rising. */
function within(pieces: readonly Piece[], { low, high }: { low: number; high: number }): readonly Piece[] {
  return pieces.filter(({ start }, i) => start <= high && (i + 1 === pieces.length || at(pieces, i + 1).start > low));
}

/** Steps finer than a curve tells apart are rounded away where that saves constraints, or room. */
function resolved(lowering: Lowering, name: string, scaled: Scaled): Scaled {
  const width = widthOf(lowering, scaled);
  const spare = floorLog2(RESOLUTION / at(scaled.unit, 0));
  // A rescaling of `width` bits, against `spare` bits less for two range checks and the curve's own rescaling.
  const isCheaper = 3 * spare > width;
  if (spare <= 0 || !(isCheaper || width > ROOMY_BITS / 2)) return scaled;
  const shift = width - Math.max(1, width - spare);
  return rounded(lowering, name, scaled, new Int32Array(scaled.unit.length).fill(shift));
}

/** Row j: the value of the piece that row j of indicators selects, and element j of what is added. */
function selecting(added: readonly StepId[], rows: readonly Row[], value: (piece: Piece) => number): AffineStep {
  const starts = [0];
  const [positions, weights]: [number[], number[]] = [[], []];
  let first = added.length * rows.length;
  for (const [j, { pieces }] of rows.entries()) {
    for (const i of added.keys()) {
      positions.push(i * rows.length + j);
      weights.push(1);
    }
    for (const [i, piece] of pieces.slice(1).entries()) {
      positions.push(first + i);
      weights.push(value(piece) - value(at(pieces, i)));
    }
    first += pieces.length - 1;
    starts.push(positions.length);
  }
  return {
    kind: "affine",
    sources: [...added, ...rows.flatMap(({ step }) => (step === undefined ? [] : [step]))],
    starts: Int32Array.from(starts),
    positions: Int32Array.from(positions),
    weights: Float64Array.from(weights),
    bias: Float64Array.from(rows, ({ pieces }) => value(at(pieces, 0))),
  };
}

/** Straight pieces take their extremes at their ends: without their intercept, and with it. */
const products = (row: Row): readonly number[] => ends(row).map(({ q, slope }) => slope * q);
const values = (row: Row): readonly number[] => ends(row).map(({ q, slope, intercept }) => slope * q + intercept);

function ends({ pieces, low, high }: Row) {
  return pieces.flatMap(({ start, slope, intercept }, i) => {
    const last = i + 1 < pieces.length ? at(pieces, i + 1).start - 1 : high;
    return [Math.max(start, low), last].map((q) => ({ q, slope, intercept }));
  });
}

/** Indicators are ones followed by zeros: a row has the value of one piece, which interval arithmetic does not see. */
function extremes(rows: readonly Row[], of: (row: Row) => readonly number[]): Bounds {
  const lists = rows.map(of);
  return {
    low: Float64Array.from(lists, (list) => Math.min(...list)),
    high: Float64Array.from(lists, (list) => Math.max(...list)),
  };
}
