// What the parts of the lowering share: tensors with their units, and how they are brought to one unit.

import type { Graph, NodeId } from "../graph/graph.ts";
import { at } from "../lib/element.ts";
import type { Assembler } from "./assembler.ts";
import { MAX_BITS } from "./bounds.ts";
import { bitLength } from "./integers.ts";
import type { ParameterTable } from "./parameterTable.ts";
import type { StepId } from "./program.ts";
import type { Quantisation } from "./quantisation.ts";

/** A step and what its integers mean: element j is offset_j + unit_j * q_j. No offset is 0. */
export type Scaled = {
  readonly step: StepId;
  readonly unit: Float64Array;
  readonly offset?: Float64Array | undefined;
};

export type Lowering = {
  readonly graph: Graph;
  readonly quantisation: Quantisation;
  readonly assembler: Assembler;
  /** Nodes whose elements must have one unit. */
  readonly uniform: ReadonlySet<NodeId>;
  /** Undefined where parameters are fixed. */
  readonly table: ParameterTable | undefined;
  readonly notes: string[];
  /** By node. */
  readonly keys: readonly string[];
  readonly units: Record<string, number>;
};

/** Bits of a weight that belongs to the structure: it costs nothing, and is to be as good as exact. */
export const STRUCTURE_BITS = 16;

/** What sums and products may have, so that something can still follow them. */
export const ROOMY_BITS = MAX_BITS - 6;

/** The same values without offsets, and with one unit for all where that is asked for. */
export function materialised(lowering: Lowering, name: string, scaled: Scaled, uniform: boolean): Scaled {
  const isUniform = scaled.unit.every((unit) => unit === scaled.unit[0]);
  const isPlain = scaled.offset === undefined || scaled.offset.every((offset) => offset === 0);
  if (isPlain && (isUniform || !uniform)) return { step: scaled.step, unit: scaled.unit };
  return aligned(lowering, name, [scaled], uniform ? commonUnits : ownUnits);
}

/** Several tensors as one, end to end, of one unit and without offsets. */
export function together(lowering: Lowering, name: string, parts: readonly Scaled[]): Scaled {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return materialised(lowering, name, first, true);
  return aligned(lowering, name, parts, commonUnits);
}

/** Bits of the greatest magnitude of a tensor's integers, without the sign. */
export function widthOf({ assembler }: Lowering, { step }: Scaled): number {
  const { low, high } = at(assembler.steps, step).bounds;
  const greatest = low.reduce((most, least, j) => Math.max(most, -least, at(high, j)), 0);
  return bitLength(greatest);
}

/**
 * The same values in integers of at most so many bits: rounded, where they have more, to leave room for what follows. Each
 * element for itself, so that those that are narrow lose nothing; or all alike, where they share parameters.
 */
export function narrowed(
  lowering: Lowering,
  name: string,
  scaled: Scaled,
  { bits, alike = false }: { readonly bits: number; readonly alike?: boolean },
): Scaled {
  const widths = Int32Array.from(magnitudesOf(lowering, [scaled]), bitLength);
  const widest = widths.reduce((most, width) => Math.max(most, width), 0);
  const shifts = widths.map((width) => Math.max(0, (alike ? widest : width) - Math.max(1, bits)));
  return rounded(lowering, name, scaled, shifts);
}

/**
 * The same values in finer units where their integers range over less than others': of weights that all have one unit the one
 * on a yes-or-no would else take the precision of those on bytes. Where all have one unit nothing is changed: elements that
 * share a weight go on sharing it.
 */
export function ofLikeRange(lowering: Lowering, name: string, operands: readonly Scaled[]): readonly Scaled[] {
  const { unit, magnitude } = elementsOf(lowering, operands);
  if (unit.every((one) => one === unit[0])) return operands;
  const greatest = magnitude.reduce((most, one) => Math.max(most, one), 0);
  return operands.map((operand) => {
    const factors = magnitudesOf(lowering, [operand]).map((one) => (one === 0 ? 1 : Math.floor(greatest / one)));
    if (factors.every((factor) => factor === 1)) return operand;
    const step = scaledUp(lowering, name, operand, factors);
    return { step, unit: operand.unit.map((one, j) => one / at(factors, j)), offset: operand.offset };
  });
}

/** Linear: of no constraint. */
function scaledUp({ assembler }: Lowering, name: string, { step }: Scaled, factors: Float64Array): StepId {
  const positions = Int32Array.from(factors.keys());
  return assembler.add(name, factors.length, {
    kind: "affine",
    sources: [step],
    starts: Int32Array.from([...positions, factors.length]),
    positions,
    weights: factors,
    bias: new Float64Array(factors.length),
  });
}

/** The same values in units that are as many times two as `shifts` say. */
export function rounded(lowering: Lowering, name: string, scaled: Scaled, shifts: Int32Array): Scaled {
  if (shifts.every((shift) => shift === 0)) return scaled;
  const step = lowering.assembler.add(name, shifts.length, { kind: "rescaled", source: scaled.step, shifts });
  return { step, unit: scaled.unit.map((unit, j) => unit * 2 ** at(shifts, j)), offset: scaled.offset };
}

/* ALIGNING */

/** Elements end to end: units, offsets, and the greatest integer of each, whatever its sign. */
type Elements = { readonly unit: Float64Array; readonly offset: Float64Array; readonly magnitude: Float64Array };
type Units = (elements: Elements) => Float64Array;

/** In these units, without offsets. Integers that would become too large are rounded first. */
function aligned(lowering: Lowering, name: string, parts: readonly Scaled[], unitsOf: Units): Scaled {
  const elements = elementsOf(lowering, parts);
  const units = unitsOf(elements);
  const most = elements.magnitude.reduce(
    (found, one, j) => Math.max(found, (one * at(elements.unit, j)) / at(units, j)),
    0,
  );
  const room = ROOMY_BITS - STRUCTURE_BITS;
  if (most >= 2 ** ROOMY_BITS && elements.magnitude.some((one) => bitLength(one) > room)) {
    const narrow = parts.map((part) => narrowed(lowering, name, part, { bits: room }));
    return aligned(lowering, name, narrow, unitsOf);
  }
  const positions = Int32Array.from(units.keys());
  const step = lowering.assembler.add(name, units.length, {
    kind: "affine",
    sources: parts.map((part) => part.step),
    starts: Int32Array.from([...positions, units.length]),
    positions,
    weights: elements.unit.map((unit, j) => Math.round(unit / at(units, j))),
    bias: elements.offset.map((offset, j) => Math.round(offset / at(units, j))),
  });
  return { step, unit: units };
}

/**
 * A unit of which all of these are as good as multiples: what is off is less than a 2^15th of the largest value that any of
 * them has. Of the largest unit it would not do: a product's unit is small, and its integers are many.
 */
function commonUnits({ unit, offset, magnitude }: Elements): Float64Array {
  return new Float64Array(unit.length).fill(finest(unit, offset, STRUCTURE_BITS, magnitude));
}

function ownUnits({ unit, offset }: Elements): Float64Array {
  return unit.map((one, j) => finest([one], [at(offset, j)], STRUCTURE_BITS));
}

function elementsOf(lowering: Lowering, parts: readonly Scaled[]): Elements {
  return {
    unit: Float64Array.from(parts.flatMap(({ unit }) => [...unit])),
    offset: Float64Array.from(parts.flatMap(({ unit, offset }) => [...(offset ?? new Float64Array(unit.length))])),
    magnitude: magnitudesOf(lowering, parts),
  };
}

function magnitudesOf({ assembler }: Lowering, parts: readonly Scaled[]): Float64Array {
  const bounds = parts.map(({ step }) => at(assembler.steps, step).bounds);
  return Float64Array.from(bounds.flatMap(({ low, high }) => [...high.map((one, j) => Math.max(one, -at(low, j)))]));
}

/* UNITS */

/**
 * The unit of a sum with these real coefficients and constants: one in which coefficients are integers of `bits` bits, sign
 * included; of fewer beside a constant that would leave no room else. Exact where the coefficients are small multiples of the least of them, or of a whole part of it.
 *
 * `widths`: how far each term's integer ranges. A term that ranges over less may have a coefficient that is as many times
 * greater: the sum is as wide, and a yes-or-no beside bytes does not take the bytes' precision.
 */
export function finest(
  coefficients: ArrayLike<number>,
  constants: ArrayLike<number>,
  bits: number,
  widths?: ArrayLike<number>,
): number {
  const [, constant] = range(Float64Array.from(constants, Math.abs));
  return Math.max(unitOfSum(coefficients, constants, bits, widths), constant / 2 ** ROOMY_BITS);
}

function unitOfSum(
  coefficients: ArrayLike<number>,
  constants: ArrayLike<number>,
  bits: number,
  widths: ArrayLike<number> | undefined,
): number {
  const greatest = 2 ** (bits - 1) - 1;
  const magnitudes = Float64Array.from(coefficients, Math.abs).filter((one) => one > 0);
  const [least, largest] = range(magnitudes);
  const [, widest] = range(Float64Array.from(widths ?? []));
  const reach = Float64Array.from(
    coefficients,
    (one, k) => Math.abs(one) * (widths === undefined ? 1 : at(widths, k) / widest),
  );
  const most = widths === undefined || !(widest > 0) ? largest : range(reach)[1];
  if (magnitudes.length === 0) {
    const [, constant] = range(Float64Array.from(constants, Math.abs));
    return constant === 0 ? 1 : constant / greatest;
  }
  if (most === 0) return largest / greatest; // no term ever moves
  const exact = sharedUnit(magnitudes, least, (greatest * least) / most);
  if (exact === undefined) return most / greatest;
  // Halved until the constants are as good as multiples too, or the coefficients are as large as they may be.
  let unit = exact;
  const misses = (): boolean =>
    Float64Array.from(constants).some((one) => Math.abs(one - Math.round(one / unit) * unit) > most / (2 * greatest));
  while (most / unit <= greatest / 2 && misses()) unit /= 2;
  return unit;
}

/** Whole numbers have 1 in common, whatever the least of them is. A bound on the search: 256 parts find most that there is. */
const MAX_PARTS = 256;

/** The largest of least / 1, least / 2, .. of which all are multiples. At most `parts` parts: more would take too many bits. */
function sharedUnit(magnitudes: Float64Array, least: number, parts: number): number | undefined {
  const distinct = [...new Set(magnitudes)];
  for (let part = 1; part <= Math.min(parts, MAX_PARTS); part++) {
    const unit = least / part;
    if (distinct.every((one) => Math.abs(one / unit - Math.round(one / unit)) < 1e-9)) return unit;
  }
  return undefined;
}

function range(list: Float64Array): readonly [least: number, most: number] {
  return list.reduce(([least, most], one) => [Math.min(least, one), Math.max(most, one)] as const, [
    Number.POSITIVE_INFINITY,
    0,
  ] as readonly [number, number]);
}

export function sizeOfAll({ assembler }: Lowering, { step }: Scaled): number {
  return at(assembler.steps, step).size;
}
