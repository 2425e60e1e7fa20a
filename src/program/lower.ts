// From the real-valued graph to the integer program: every tensor gets a unit, every linear layer integer weights.

import { type Graph, type GraphNode, type GraphOutput, type NodeId, node, operandsOf, sizeOf } from "../graph/graph.ts";
import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { createAssembler } from "./assembler.ts";
import { floorLog2 } from "./integers.ts";
import { layerKeys } from "./layerKeys.ts";
import { lowerAffine } from "./lowerAffine.ts";
import { lowerCurve } from "./lowerCurve.ts";
import {
  type Lowering,
  materialised,
  narrowed,
  ROOMY_BITS,
  type Scaled,
  sizeOfAll,
  together,
  widthOf,
} from "./lowering.ts";
import { lowerTrees } from "./lowerTrees.ts";
import { createParameterTable, type ParameterTable, requireBiasesFit } from "./parameterTable.ts";
import {
  entry,
  type Parameters,
  type ParameterValues,
  type Program,
  type ProgramInput,
  type ProgramOutput,
} from "./program.ts";
import { inputQuantisation, type Quantisation, requireRangesOf, requireUnitsOf } from "./quantisation.ts";
import { uniformNodes } from "./uniform.ts";

export type LowerOptions = {
  readonly quantisation: Quantisation;
  readonly parameters: "fixed" | "private";
};

export type Lowered = {
  readonly program: Program;
  /** Empty where parameters are fixed. */
  readonly values: ParameterValues;
  /** What the integers of each node of the graph mean. */
  readonly tensors: readonly Scaled[];
  /** The units that private parameters were given: `Quantisation.units` for the next version of the weights. */
  readonly units: Readonly<Record<string, number>>;
};

const NO_PARAMETERS: Parameters = { weightBits: 0, biasBits: 0, weights: 0, biases: 0 };

/**
 * The program of a fused graph. Throws `model.bounds` for sums that do not fit, `model.weights` for private parameters
 * that do not fit the units and widths of the version before, `model.parameters` where there are none to keep private,
 * `model.quantisation` for an input that has none, and for ranges or units of other layers than the graph's.
 */
export function lower(graph: Graph, { quantisation, parameters }: LowerOptions): Lowered {
  if (parameters === "fixed") return lowerWith(graph, quantisation, undefined);
  const { weightBits, biasBits } = quantisation;
  if (biasBits === undefined) return lowerFirstVersion(graph, quantisation);
  const table = createParameterTable({ weightBits, biasBits });
  const lowered = lowerWith(graph, quantisation, table);
  requireBiasesFit(table);
  return lowered;
}

/** What the narrowest biases are that are tried, and how many bits the next versions' may have more, whatever the headroom. */
const BIAS = { leastBits: 8, spareBits: 1 };

/**
 * Bounds are for the biases' width, and sums are rounded to what their bounds leave room for: biases of few bits leave more of
 * them. Wider ones make no bias wider, so this ends.
 */
function lowerFirstVersion(graph: Graph, quantisation: Quantisation): Lowered {
  const { weightBits, headroom = 0 } = quantisation;
  for (let biasBits = BIAS.leastBits; ; ) {
    const table = createParameterTable({ weightBits, biasBits });
    const lowered = lowerWith(graph, quantisation, table);
    const { bits } = table.widestBias();
    if (bits + headroom <= biasBits) return lowered;
    biasBits = bits + BIAS.spareBits + headroom;
  }
}

function lowerWith(graph: Graph, quantisation: Quantisation, table: ParameterTable | undefined): Lowered {
  const assembler = createAssembler(table ?? NO_PARAMETERS);
  const lowering: Lowering = {
    graph,
    quantisation,
    assembler,
    uniform: uniformNodes(graph),
    table,
    notes: [...graph.notes],
    keys: layerKeys(graph),
    units: {},
  };
  requireRangesOf(rectifiedLayers(graph, lowering.keys), quantisation);
  const made: Scaled[] = [];
  for (const [id, one] of graph.nodes.entries()) {
    const scaled = lowerNode(lowering, id, one, made);
    if (!scaled.unit.every((unit) => unit > 0 && unit < Number.POSITIVE_INFINITY)) throw immeasurable(one.name);
    made.push(scaled);
  }
  const counts = table?.counts();
  if (counts !== undefined && counts.weights + counts.biases === 0) throw nothingPrivate();
  if (counts !== undefined) requireUnitsOf(new Set(Object.keys(lowering.units)), quantisation);
  const inputs = graph.inputs.map((id) => programInput(lowering, id, at(made, id)));
  const outputs = graph.outputs.map((output) => programOutput(lowering, output, at(made, output.node)));
  return {
    program: {
      steps: assembler.steps,
      inputs,
      outputs,
      parameters: counts ?? NO_PARAMETERS,
      notes: lowering.notes,
    },
    values: table?.values() ?? { weights: [], biases: [] },
    tensors: made,
    units: lowering.units,
  };
}

function lowerNode(lowering: Lowering, id: NodeId, one: GraphNode, made: readonly Scaled[]): Scaled {
  const { assembler, quantisation } = lowering;
  const { name, operation } = one;
  const size = sizeOf(one.shape);
  const operands = operandsOf(operation).map((operand) => at(made, operand));
  switch (operation.kind) {
    case "input": {
      const { bits, minimum, unit } = inputQuantisation(quantisation, operation.name, size);
      return {
        step: assembler.add(name, size, { kind: "input", name: operation.name, bits }),
        unit: Float64Array.from({ length: size }, (_, j) => entry(unit, j)),
        offset: Float64Array.from({ length: size }, (_, j) => entry(minimum, j)),
      };
    }
    case "affine":
      return lowerAffine(lowering, id, one, operation, operands);
    case "relu":
      return rectify(lowering, id, name, at(operands, 0));
    case "product": {
      const plain = operands.map((operand) => materialised(lowering, name, operand, false));
      const widths = plain.map((operand) => widthOf(lowering, operand));
      const isTight = at(widths, 0) + at(widths, 1) > ROOMY_BITS;
      const [left, right] = isTight
        ? plain.map((one) => narrowed(lowering, name, one, { bits: ROOMY_BITS / 2 }))
        : plain;
      if (left === undefined || right === undefined) throw new TypeError("a product has two operands");
      const unit = left.unit.map((value, j) => value * at(right.unit, j));
      return { step: assembler.add(name, size, { kind: "product", left: left.step, right: right.step }), unit };
    }
    case "maximum":
    case "argmax": {
      const aligned = together(lowering, name, operands);
      const kind = operation.kind === "maximum" ? "largest" : "indexOfLargest";
      const { starts, sources: positions } = operation;
      const step = assembler.add(name, size, { kind, sources: [aligned.step], starts, positions });
      if (kind === "indexOfLargest") return { step, unit: new Float64Array(size).fill(1) };
      return { step, unit: new Float64Array(size).fill(aligned.unit[0] ?? 1) };
    }
    case "curve":
      return lowerCurve(lowering, name, operation.curve, at(operands, 0));
    case "trees":
      return lowerTrees(lowering, name, operation, at(operands, 0));
  }
}

function rectifiedLayers({ nodes }: Graph, keys: readonly string[]): ReadonlySet<string> {
  return new Set(keys.filter((_, id) => at(nodes, id).operation.kind === "relu"));
}

/** Keeps `activationBits` of the greatest value seen, by shifts: powers of two, so that one decomposition does both. */
function rectify(lowering: Lowering, id: NodeId, name: string, operand: Scaled): Scaled {
  const { assembler, quantisation, uniform } = lowering;
  const from = materialised(lowering, name, operand, uniform.has(id));
  const { bounds, size } = at(assembler.steps, from.step);
  const key = at(lowering.keys, id);
  const seen = (Object.hasOwn(quantisation.ranges, key) ? quantisation.ranges[key] : undefined) ?? 0;
  const range = seen > 0 ? seen : bounds.high.reduce((most, high, j) => Math.max(most, high * at(from.unit, j)), 0);
  const resolution = range / (2 ** quantisation.activationBits - 1);
  const shifts = Int32Array.from(from.unit, (unit) => Math.max(0, floorLog2(resolution / unit)));
  if (bounds.low.every((low) => low >= 0) && shifts.every((shift) => shift === 0)) return from;
  return {
    step: assembler.add(name, size, { kind: "rectified", source: from.step, shifts }),
    unit: from.unit.map((unit, j) => unit * 2 ** at(shifts, j)),
  };
}

/* INPUTS AND OUTPUTS */

function programInput({ graph, quantisation }: Lowering, id: NodeId, { step }: Scaled): ProgramInput {
  const { operation, shape } = node(graph, id);
  if (operation.kind !== "input") throw new TypeError("an input is an input");
  const { bits, minimum, unit } = inputQuantisation(quantisation, operation.name, sizeOf(shape));
  return { name: operation.name, step, shape, bits, minimum, unit };
}

function programOutput(lowering: Lowering, output: GraphOutput, scaled: Scaled): ProgramOutput {
  const { name, kind, link, group, labels } = output;
  const aligned = materialised(lowering, name, scaled, true);
  const shape = output.shape ?? node(lowering.graph, output.node).shape;
  if (sizeOfAll(lowering, aligned) !== sizeOf(shape)) throw new TypeError(`output ${name} changed its size`);
  return { name, step: aligned.step, shape, unit: aligned.unit[0] ?? 1, kind, link, group, labels };
}

function immeasurable(layer: string): AssayError {
  const message = `got numbers in ${layer} that are too large or too small for a double, want them between 1e-308 and 1e308`;
  return new AssayError("model.bounds", message, { disposition: "reject", data: { layer } });
}

function nothingPrivate(): AssayError {
  return new AssayError("model.parameters", "got private parameters for a model that has none, want fixed ones", {
    disposition: "reject",
  });
}
