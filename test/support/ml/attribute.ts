// Attributes of a node, as short as can be.

import type { Attribute, Tensor } from "../../../src/onnx/model.ts";

export function ints(...value: readonly number[]): Attribute {
  return { kind: "ints", value: Float64Array.from(value) };
}

/** As a file has them: rounded to float32. */
export function floats(...value: readonly number[]): Attribute {
  return { kind: "floats", value: Float64Array.from(value, Math.fround) };
}

export function int(value: number): Attribute {
  return { kind: "int", value };
}

export function text(value: string): Attribute {
  return { kind: "string", value };
}

export function texts(...value: readonly string[]): Attribute {
  return { kind: "strings", value };
}

export function tensor(type: Tensor["type"], ...data: readonly number[]): Attribute {
  return { kind: "tensor", value: { type, shape: [data.length], data: Float64Array.from(data) } };
}
