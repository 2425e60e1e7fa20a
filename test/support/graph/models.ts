// Small models for tests: nodes with attributes in short, operands random or named.

import type { Attribute, ElementType, OnnxModel, OnnxNode, Tensor } from "../../../src/onnx/model.ts";
import type { Random } from "./random.ts";

export type Operand =
  | { readonly kind: "input"; readonly shape: readonly (number | undefined)[]; readonly type: ElementType }
  | { readonly kind: "constant"; readonly tensor: Tensor };

/** A number is an int, a list ints; see `real` and `reals`. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string | Attribute | undefined>>;

export type Case = {
  readonly inputs: readonly (Operand | undefined)[];
  readonly attributes?: Attributes;
  readonly opset?: number;
  /** How many. */
  readonly outputs?: number;
};

export function input(shape: readonly (number | undefined)[], type: ElementType = "float"): Operand {
  return { kind: "input", shape, type };
}

export function weights(random: Random, shape: readonly number[], low = -1, high = 1): Operand {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    "float",
    shape,
    Array.from({ length: size }, () => Math.fround(random.between(low, high))),
  );
}

export function int64(data: readonly number[], shape: readonly number[] = [data.length]): Operand {
  return tensor("int64", shape, data);
}

export function tensor(type: ElementType, shape: readonly number[], data: readonly number[]): Operand {
  return { kind: "constant", tensor: { type, shape, data: Float64Array.from(data) } };
}

export function real(value: number): Attribute {
  return { kind: "float", value: Math.fround(value) };
}

/** One node, its operands a, b, c, ... and its outputs y0, y1, ... */
export function single(operator: string, { inputs, attributes = {}, opset = 21, outputs = 1 }: Case): OnnxModel {
  const names = inputs.map((operand, i) => (operand === undefined ? "" : String.fromCharCode(97 + i)));
  const made = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const operands = new Map(inputs.flatMap((operand, i) => (operand === undefined ? [] : [[names[i] ?? "", operand]])));
  return model(operands, [node(operator, names, made, attributes, `${operator}_0`)], made, opset);
}

export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
  name = `${operator}_${outputs[0]}`,
): OnnxNode {
  const entries = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, attributeOf(value)] as const],
  );
  return { name, operator, domain: "", inputs, outputs, attributes: new Map(entries) };
}

export function model(
  operands: ReadonlyMap<string, Operand>,
  nodes: readonly OnnxNode[],
  outputs: readonly string[],
  opset = 21,
): OnnxModel {
  const initializers = new Map<string, Tensor>();
  const inputs: OnnxModel["inputs"][number][] = [];
  for (const [name, operand] of operands) {
    if (operand.kind === "constant") initializers.set(name, operand.tensor);
    else inputs.push({ name, type: operand.type, shape: operand.shape });
  }
  const described = outputs.map((name) => ({ name, type: undefined, shape: undefined }));
  return { producer: "test", opsets: new Map([["", opset]]), nodes, initializers, inputs, outputs: described };
}

function attributeOf(value: NonNullable<Attributes[string]>): Attribute {
  if (typeof value === "number") return { kind: "int", value };
  if (typeof value === "string") return { kind: "string", value };
  return "kind" in value ? value : { kind: "ints", value: Float64Array.from(value) };
}
