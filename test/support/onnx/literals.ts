// Short ways of saying what encode.ts takes.

import type { AttributeLiteral, TensorLiteral } from "./encode.ts";

export const float = (value: number): AttributeLiteral => ({ kind: "float", value });
export const int = (value: number): AttributeLiteral => ({ kind: "int", value });
export const floats = (value: ArrayLike<number>): AttributeLiteral => ({ kind: "floats", value });
export const ints = (value: ArrayLike<number>): AttributeLiteral => ({ kind: "ints", value });
export const string = (value: string): AttributeLiteral => ({ kind: "string", value });
export const strings = (value: readonly string[]): AttributeLiteral => ({ kind: "strings", value });
export const tensor = (value: TensorLiteral): AttributeLiteral => ({ kind: "tensor", value });

/** Weights as most exporters write them. */
export function floatTensor(shape: readonly number[], data: ArrayLike<number>): TensorLiteral {
  return { type: "float", shape, data };
}

/** Shapes, axes, starts and ends. */
export function int64Tensor(shape: readonly number[], data: ArrayLike<number>): TensorLiteral {
  return { type: "int64", shape, data };
}
