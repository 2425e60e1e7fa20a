// Linear layers in integers.

import { type Affine, type GraphNode, type NodeId, STRUCTURE, sizeOf } from "../graph/graph.ts";
import { at } from "../lib/element.ts";
import { together } from "./bounds.ts";
import { bitLength, floorLog2 } from "./integers.ts";
import { finest, type Lowering, narrowed, ofLikeRange, ROOMY_BITS, type Scaled, STRUCTURE_BITS } from "./lowering.ts";
import type { ParameterTable } from "./parameterTable.ts";
import type { AffineStep } from "./program.ts";

export function lowerAffine(
  lowering: Lowering,
  id: NodeId,
  one: GraphNode,
  operation: Affine,
  operands: readonly Scaled[],
): Scaled {
  const isPrivate = lowering.table !== undefined && hasParameters(operation);
  if (!isPrivate && rowsOf(operation).every(([from, to]) => to - from === 1))
    return renamed(lowering, one, operation, operands);
  const room = { bits: roomFor(lowering, operation), alike: isPrivate };
  const roomy = operands.map((operand) => narrowed(lowering, one.name, operand, room));
  if (!isPrivate || lowering.table === undefined)
    return fixed(lowering, id, one, operation, roomy, realRows(operation, roomy));
  const like = ofLikeRange(lowering, one.name, roomy);
  return weighted(lowering, lowering.table, id, one, operation, like, realRows(operation, like));
}

/** Bits that a source may have for the longest row to fit. */
function roomFor({ quantisation }: Lowering, operation: Affine): number {
  const longest = rowsOf(operation).reduce((most, [from, to]) => Math.max(most, to - from), 1);
  const weightBits = hasParameters(operation) ? quantisation.weightBits : STRUCTURE_BITS;
  return ROOMY_BITS - weightBits - bitLength(longest);
}

function hasParameters({ keys, biasKeys }: Affine): boolean {
  return keys.some((key) => key !== STRUCTURE) || biasKeys.some((key) => key !== STRUCTURE);
}

function rowsOf({ starts }: Affine): readonly (readonly [number, number])[] {
  return Array.from({ length: starts.length - 1 }, (_, j) => [at(starts, j), at(starts, j + 1)] as const);
}

/** In units of the operands' integers: coefficients by term, and the constant of each row. */
type RealRows = { readonly coefficients: Float64Array; readonly constants: Float64Array };

function realRows(operation: Affine, operands: readonly Scaled[]): RealRows {
  const unit = operands.flatMap((operand) => [...operand.unit]);
  const offset = operands.flatMap((operand) => [...(operand.offset ?? new Float64Array(operand.unit.length))]);
  const coefficients = operation.weights.map((weight, k) => weight * at(unit, at(operation.sources, k)));
  const constants = Float64Array.from(operation.bias);
  for (const [j, [from, to]] of rowsOf(operation).entries()) {
    for (let k = from; k < to; k++)
      constants[j] = at(constants, j) + at(operation.weights, k) * at(offset, at(operation.sources, k));
  }
  return { coefficients, constants };
}

/** One term a row: the integers stay, their unit and offset change. Only a negative weight turns a sign. */
function renamed(
  lowering: Lowering,
  { name, shape }: GraphNode,
  operation: Affine,
  operands: readonly Scaled[],
): Scaled {
  const { coefficients, constants } = realRows(operation, operands);
  const step = lowering.assembler.add(name, sizeOf(shape), {
    kind: "affine",
    sources: operands.map((operand) => operand.step),
    starts: operation.starts,
    positions: operation.sources,
    weights: coefficients.map(Math.sign),
    bias: new Float64Array(constants.length),
  });
  // A weight of 0 leaves the constant, whatever the unit.
  return { step, unit: coefficients.map((one) => Math.abs(one) || 1), offset: constants };
}

function fixed(
  lowering: Lowering,
  id: NodeId,
  { name, shape }: GraphNode,
  operation: Affine,
  operands: readonly Scaled[],
  { coefficients, constants }: RealRows,
): Scaled {
  const bits = hasParameters(operation) ? lowering.quantisation.weightBits : STRUCTURE_BITS;
  const rows = rowsOf(operation);
  const { widths, isZero } = rangesOf(lowering, operation, operands);
  const units = lowering.uniform.has(id)
    ? new Float64Array(rows.length).fill(finest(coefficients, constants, bits, widths))
    : Float64Array.from(rows, ([from, to], j) =>
        finest(coefficients.subarray(from, to), [at(constants, j)], bits, widths.subarray(from, to)),
      );
  // A weight that becomes 0 is left out: so are its constraints, if nothing else uses its source. So is one, of whatever
  // size, on what is always 0.
  const starts = new Int32Array(rows.length + 1);
  const [positions, weights]: [number[], number[]] = [[], []];
  for (const [j, [from, to]] of rows.entries()) {
    for (let k = from; k < to; k++) {
      const weight = Math.round(at(coefficients, k) / at(units, j));
      if (weight === 0 || isZero(at(operation.sources, k))) continue;
      positions.push(at(operation.sources, k));
      weights.push(weight);
    }
    starts[j + 1] = positions.length;
  }
  const step: AffineStep = {
    kind: "affine",
    sources: operands.map((operand) => operand.step),
    starts,
    positions: Int32Array.from(positions),
    weights: Float64Array.from(weights),
    bias: constants.map((constant, j) => Math.round(constant / at(units, j))),
  };
  return { step: lowering.assembler.add(name, sizeOf(shape), step), unit: units };
}

/** Of each term's source greatest less least integer, and whether it is 0 whatever the inputs. */
function rangesOf({ assembler }: Lowering, { sources }: Affine, operands: readonly Scaled[]) {
  const { low, high } = together(
    operands.map(({ step }) => step),
    assembler,
  );
  return {
    widths: Float64Array.from(sources, (source) => at(high, source) - at(low, source)),
    isZero: (source: number): boolean => at(low, source) === 0 && at(high, source) === 0,
  };
}

/**
 * Of a layer that has none yet: as fine as the largest weight and the headroom allow, even where these weights are exact in coarser ones. Biases
 * and other versions' weights will be no such multiples. Without weights but the structure's (x + bias): as fine as structure.
 */
function unitOfParameters({ quantisation }: Lowering, { keys }: Affine, { coefficients, constants }: RealRows): number {
  const weights = coefficients.filter((one, k) => one !== 0 && at(keys, k) !== STRUCTURE);
  if (weights.length === 0) return finest(coefficients, constants, STRUCTURE_BITS);
  const largest = weights.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const bits = Math.max(2, quantisation.weightBits - (quantisation.headroom ?? 0));
  const exact = finest(weights, [], bits);
  return exact / 2 ** floorLog2((2 ** (bits - 1) - 1) / Math.round(largest / exact));
}

/** Every parameter is a signal: which of them there are, and how they are used, depends on no weight's value. */
function weighted(
  lowering: Lowering,
  table: ParameterTable,
  id: NodeId,
  { name, shape }: GraphNode,
  operation: Affine,
  operands: readonly Scaled[],
  { coefficients, constants }: RealRows,
): Scaled {
  const isParameter = (k: number): boolean => at(operation.keys, k) !== STRUCTURE;
  const key = at(lowering.keys, id);
  const { units } = lowering.quantisation;
  const given = Object.hasOwn(units, key) ? units[key] : undefined;
  const unit = given ?? unitOfParameters(lowering, operation, { coefficients, constants });
  lowering.units[key] = unit;
  const scales = operands.flatMap((operand) => [...operand.unit]);
  const offsets = operands.flatMap((operand) => [...(operand.offset ?? new Float64Array(operand.unit.length))]);
  const isPlain = offsets.every((offset) => offset === 0);
  const isUniform = scales.every((scale) => scale === scales[0]);
  const weightParameters = operation.keys.map((parameter, k) => {
    if (parameter === STRUCTURE) return -1;
    // Where sources have units of their own, one parameter of the model is a different integer for each of them.
    const source = at(operation.sources, k);
    const value = Math.round(at(coefficients, k) / unit);
    return table.weight(`${id}:${parameter}${isUniform ? "" : `@${source}`}`, value, name);
  });
  const biasParameters = operation.biasKeys.map((parameter, j) => {
    const [from, to] = [at(operation.starts, j), at(operation.starts, j + 1)];
    const movedByInputs = !isPlain && operation.keys.subarray(from, to).some((one) => one !== STRUCTURE);
    if (parameter === STRUCTURE && !movedByInputs) return -1;
    // What the structure's own terms add of their sources' offsets is the structure's: one parameter of the model is a
    // different integer for each such sum.
    const moved = isPlain || movedByInputs ? 0 : offsetOf(operation, offsets, from, to);
    return table.bias(
      movedByInputs ? `${id}:row ${j}` : `${id}:${parameter}${moved === 0 ? "" : `+${moved}`}`,
      Math.round(at(constants, j) / unit),
      name,
    );
  });
  const step: AffineStep = {
    kind: "affine",
    sources: operands.map((operand) => operand.step),
    starts: operation.starts,
    positions: operation.sources,
    weights: coefficients.map((one, k) => (isParameter(k) ? 0 : Math.round(one / unit))),
    bias: constants.map((one, j) => (at(biasParameters, j) < 0 ? Math.round(one / unit) : 0)),
    weightParameters,
    biasParameters,
  };
  const size = sizeOf(shape);
  return { step: lowering.assembler.add(name, size, step), unit: new Float64Array(size).fill(unit) };
}

/** What terms [from, to) are where every source's integer is 0. */
function offsetOf({ sources, weights }: Affine, offsets: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += at(weights, k) * at(offsets, at(sources, k));
  return sum;
}
