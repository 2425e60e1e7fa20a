// What a model of ai.onnx.ml is given: one row of features, of rank 1 or [1, width].

import type { ElementType } from "../../../onnx/model.ts";
import { asNode, type Value } from "../../builder.ts";
import { badShape, type Context, refused } from "../../operator.ts";
import { made, operand, typeOf } from "../operands.ts";

export type Features = { readonly value: Value; readonly width: number; readonly isDouble: boolean };

/** The operator's only input as a node. */
export function features(context: Context): Features {
  checkInputs(context, 1);
  const value = feature(context, 0);
  const isDouble = typeOf(made(context, 0)) === "double";
  return { value: asNode(context.builder, value), width: widthOf(context, value), isDouble };
}

/** One input, of a type that operators of ai.onnx.ml take. */
export function feature(context: Context, index: number): Value {
  const type = typeOf(made(context, index));
  if (!TYPES.includes(type)) throw refused(context, `input ${index} of type ${type}, want one of ${TYPES.join(", ")}`);
  return operand(context, index);
}

const TYPES: readonly ElementType[] = ["float", "double", "int64", "int32"];

export function checkInputs(context: Context, want: number): void {
  const { length } = context.inputs;
  if (length !== want) throw badShape(context, `with ${length} inputs, want ${want}`);
}

/** Elements of the one row. */
export function widthOf(context: Context, { shape }: Value): number {
  const [first, second] = shape;
  if (shape.length === 1 && first !== undefined) return first;
  if (shape.length === 2 && first === 1 && second !== undefined) return second;
  throw badShape(context, `its input of shape [${shape}], want one row [1, features]`);
}
