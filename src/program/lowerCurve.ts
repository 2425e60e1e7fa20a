// Sigmoid and tanh in integers: straight pieces between thresholds.

import { at } from "../lib/element.ts";
import { type Curve, errorOf, FRACTION, type Piece, piecesOf, shiftFor } from "./curve.ts";
import { type Lowering, materialised, type Scaled } from "./lowering.ts";
import type { Bounds, StepId } from "./program.ts";

/** Thresholds choose a slope and an intercept; one product and one rescaling make the value. */
export function lowerCurve(lowering: Lowering, name: string, curve: Curve, operand: Scaled): Scaled {
  const { assembler, quantisation, notes } = lowering;
  const from = materialised(lowering, name, operand, true);
  const unit = at(from.unit, 0);
  const { bounds, size } = at(assembler.steps, from.step);
  const domain = {
    low: bounds.low.reduce((least, one) => Math.min(least, one)),
    high: bounds.high.reduce((most, one) => Math.max(most, one)),
  };
  const pieces = piecesOf(curve, unit, domain, quantisation.curvePieces);
  const error = errorOf(curve, unit, domain, pieces);
  notes.push(`${name}: ${curve} by ${pieces.length} straight pieces, off by at most ${error.toPrecision(2)}`);

  const thresholds = Float64Array.from(pieces.slice(1), ({ start }) => start);
  const rows = Array.from({ length: size }, (_, element) =>
    assembler.add(name, thresholds.length, { kind: "thresholds", source: from.step, element, thresholds }),
  );
  const slope = assembler.add(
    name,
    size,
    { kind: "affine", ...selecting([], rows, pieces, (piece) => piece.slope) },
    all(
      size,
      pieces.map((piece) => piece.slope),
    ),
  );
  const product = assembler.add(name, size, { kind: "product", left: slope, right: from.step });
  const sum = assembler.add(
    name,
    size,
    { kind: "affine", ...selecting([product], rows, pieces, (piece) => piece.intercept) },
    all(size, endpoints(pieces, domain)),
  );
  const shifts = new Int32Array(size).fill(shiftFor(curve, unit));
  return {
    step: assembler.add(name, size, { kind: "rescaled", source: sum, shifts }),
    unit: new Float64Array(size).fill(2 ** -FRACTION),
  };
}

/** Row j: the value of the piece that row j of indicators selects, and element j of what is added. */
function selecting(
  added: readonly StepId[],
  rows: readonly StepId[],
  pieces: readonly Piece[],
  value: (piece: Piece) => number,
) {
  const cuts = pieces.length - 1;
  const terms = cuts + added.length;
  const at0 = value(at(pieces, 0));
  return {
    sources: [...added, ...rows],
    starts: Int32Array.from({ length: rows.length + 1 }, (_, j) => j * terms),
    positions: Int32Array.from(
      rows.flatMap((_, j) => [
        ...added.map(() => j),
        ...Array.from({ length: cuts }, (__, i) => added.length * rows.length + j * cuts + i),
      ]),
    ),
    weights: Float64Array.from(
      rows.flatMap(() => [
        ...added.map(() => 1),
        ...Array.from({ length: cuts }, (_, i) => value(at(pieces, i + 1)) - value(at(pieces, i))),
      ]),
    ),
    bias: new Float64Array(rows.length).fill(at0),
  };
}

/** Straight pieces take their extremes at their ends. */
function endpoints(pieces: readonly Piece[], { low, high }: { low: number; high: number }): readonly number[] {
  return pieces.flatMap(({ start, slope, intercept }, i) => {
    const last = i + 1 < pieces.length ? at(pieces, i + 1).start - 1 : high;
    return [Math.max(start, low), last].map((q) => slope * q + intercept);
  });
}

function all(size: number, values: readonly number[]): Bounds {
  return {
    low: new Float64Array(size).fill(Math.min(...values)),
    high: new Float64Array(size).fill(Math.max(...values)),
  };
}
