// Graphs by hand: a few words for each operation, on flat tensors.

import {
  affine as affineNode,
  type Builder,
  createBuilder,
  idOf,
  type Row,
  structure,
  sum,
  type Value,
} from "../../../src/graph/builder.ts";
import { type Graph, type GraphOutput, type Operation, sizeOf, type TreeNode } from "../../../src/graph/graph.ts";
import type { Visibility } from "../../../src/inference/layout.ts";
import type { ModelJob } from "../../../src/inference/modelJob.ts";

export type Hand = {
  readonly input: (name: string, size: number) => Value;
  /** A layer whose every weight and bias is a parameter of its own: weights[j][i] of row j. */
  readonly dense: (operand: Value, weights: readonly (readonly number[])[], bias: readonly number[]) => Value;
  /** Rows as they are: for parameters that are shared, sparse rows, several operands. */
  readonly affine: (operands: readonly Value[], rows: readonly Row[]) => Value;
  /** Elements of the operands, end to end, at these positions. */
  readonly moved: (operands: readonly Value[], positions: readonly number[]) => Value;
  readonly relu: (operand: Value) => Value;
  readonly product: (left: Value, right: Value) => Value;
  readonly maximum: (operands: readonly Value[], groups: readonly (readonly number[])[]) => Value;
  readonly argmax: (operands: readonly Value[], groups: readonly (readonly number[])[]) => Value;
  readonly curve: (curve: "sigmoid" | "tanh", operand: Value) => Value;
  readonly trees: (operand: Value, base: readonly number[], trees: readonly TreeNode[]) => Value;
  /** Of these nodes; an argmax is an index. */
  readonly finish: (outputs: readonly Value[]) => Graph;
};

/** Nodes are named after their operation and place. */
export function hand(): Hand {
  const builder: Builder = createBuilder();
  let count = 0;
  const add = (size: number, operation: Operation): Value => {
    builder.at(`${operation.kind}${count++}`);
    return builder.add([size], operation);
  };
  const groups =
    (kind: "maximum" | "argmax") => (operands: readonly Value[], members: readonly (readonly number[])[]) =>
      add(members.length, {
        kind,
        operands: operands.map(idOf),
        starts: Int32Array.from([0, ...members.map((_, j) => members.slice(0, j + 1).flat().length)]),
        sources: Int32Array.from(members.flat()),
      });
  const affine = (operands: readonly Value[], rows: readonly Row[]): Value => {
    builder.at(`affine${count++}`);
    return affineNode(builder, [rows.length], operands, (j) => rows[j] ?? sum([]));
  };
  return {
    input: (name, size) => {
      builder.at(name);
      return builder.input(name, [size]);
    },
    dense: (operand, weights, bias) => {
      const first = builder.keys(weights.flat().length + bias.length);
      let key = first;
      const rows = weights.map((row, j): Row => {
        const terms = row.map((weight, source) => ({ source, weight, key: key++ }));
        return { terms, bias: bias[j] ?? 0, biasKey: key++ };
      });
      return affine([operand], rows);
    },
    affine,
    moved: (operands, positions) =>
      affine(
        operands,
        positions.map((source) => sum([structure(source)])),
      ),
    relu: (operand) => add(sizeOf(operand.shape), { kind: "relu", operands: [idOf(operand)] }),
    product: (left, right) => add(sizeOf(left.shape), { kind: "product", operands: [idOf(left), idOf(right)] }),
    maximum: groups("maximum"),
    argmax: groups("argmax"),
    curve: (curve, operand) => add(sizeOf(operand.shape), { kind: "curve", curve, operands: [idOf(operand)] }),
    trees: (operand, base, trees) =>
      add(base.length, {
        kind: "trees",
        operands: [idOf(operand)],
        precision: "single",
        base: Float64Array.from(base),
        trees,
      }),
    finish: (outputs) => {
      const { nodes } = builder.finish([]);
      return builder.finish(
        outputs.map((output, i): GraphOutput => {
          const node = idOf(output);
          const kind = nodes[node]?.operation.kind === "argmax" ? "index" : "number";
          return { name: `y${i}`, node, kind };
        }),
      );
    },
  };
}

export type Settings = {
  readonly parameters?: "fixed" | "private";
  readonly weightBits?: number;
  readonly biasBits?: number;
  readonly activationBits?: number;
  readonly curvePieces?: number;
  readonly ranges?: ModelJob["ranges"];
  readonly units?: ModelJob["units"];
};

export type InputSettings = {
  readonly visibility: Visibility;
  readonly bits: readonly number[];
  readonly minimum?: readonly number[];
  readonly unit?: readonly number[];
};

export function jobOf(inputs: Readonly<Record<string, InputSettings>>, settings: Settings = {}): ModelJob {
  const {
    parameters = "fixed",
    weightBits = 8,
    biasBits,
    activationBits = 8,
    curvePieces = 8,
    ranges = {},
    units = {},
  } = settings;
  const entries = Object.entries(inputs).map(([name, { visibility, bits, minimum = [0], unit = [1] }]) => [
    name,
    { visibility, bits: [...bits], minimum: [...minimum], unit: [...unit] },
  ]);
  return {
    version: 1,
    model: "byHand.onnx",
    parameters,
    inputs: Object.fromEntries(entries),
    weightBits,
    biasBits,
    activationBits,
    curvePieces,
    ranges,
    units,
  };
}
