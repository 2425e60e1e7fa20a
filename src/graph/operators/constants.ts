// Operators that make constants, of attributes and of shapes: all shapes are known when the graph is built.

import { at } from "../../lib/element.ts";
import { float, floats, int, ints, only, tensor } from "../attributes.ts";
import { constant } from "../builder.ts";
import { sizeOf } from "../graph.ts";
import { checkSize } from "../limits.ts";
import { badShape, type Made, type Operator, refused } from "../operator.ts";
import { constantOperand, floating, integers, like, made, sameTypes, scalar, typeOf } from "./operands.ts";

export const constantNode: Operator = (context) => {
  only(context, ["value", "value_float", "value_floats", "value_int", "value_ints"]);
  if (context.node.attributes.size !== 1) throw refused(context, `${context.node.attributes.size} values, want 1`);
  const value = tensor(context, "value");
  if (value !== undefined) return [{ value: constant(value.shape, value.data), type: value.type }];
  const [many, whole] = [floats(context, "value_floats"), ints(context, "value_ints")];
  if (many !== undefined) return [{ value: constant([many.length], many) }];
  if (whole !== undefined) return [{ value: constant([whole.length], whole), type: "int64" }];
  if (context.node.attributes.has("value_int")) return [int64([], [int(context, "value_int", 0)])];
  return [{ value: constant([], [float(context, "value_float", 0)]) }];
};

export const constantOfShape: Operator = (context) => {
  only(context, ["value"]);
  const shape = Array.from(integers(context, 0, "a shape"));
  if (shape.some((length) => length < 0)) throw badShape(context, `got a shape of [${shape}]`);
  const filled = tensor(context, "value");
  if (filled !== undefined && filled.data.length !== 1)
    throw badShape(context, `got ${filled.data.length} values, want 1`);
  const data = new Float64Array(checkSize(shape)).fill(filled?.data[0] ?? 0);
  return [{ value: constant(shape, data), type: filled?.type ?? "float" }];
};

export const shapeOf: Operator = (context) => {
  only(context, context.opset < 15 ? [] : ["start", "end"]);
  const { shape } = made(context, 0).value;
  const part = shape.slice(int(context, "start", 0), int(context, "end", shape.length));
  return [int64([part.length], part)];
};

export const size: Operator = (context) => {
  only(context, []);
  return [int64([], [sizeOf(made(context, 0).value.shape)])];
};

export const range: Operator = (context) => {
  only(context, []);
  const [start, limit, step] = [0, 1, 2].map((i) => scalar(context, i, "a bound"));
  if (start === undefined || limit === undefined || step === undefined)
    throw refused(context, "a bound that is left out");
  sameTypes(context);
  const length = Math.max(0, Math.ceil((limit - start) / step));
  const round = typeOf(made(context, 0)) === "float" ? Math.fround : (number: number) => number;
  const data = new Float64Array(checkSize([length]));
  // One step after the other, as onnxruntime does: what a float loses adds up.
  for (let i = 0, next = start; i < length; i++, next = round(next + step)) data[i] = next;
  return like(context, constant([length], data));
};

/** Done on constants only, number by number. */
function onConstants(of: (number: number) => number): Operator {
  return (context) => {
    only(context, []);
    const { shape, data } = constantOperand(context, 0, "a number");
    floating(context, 0);
    return like(
      context,
      constant(
        shape,
        data.map((_, i) => of(at(data, i))),
      ),
    );
  };
}

export const squareRoot = onConstants(Math.sqrt);
export const floor = onConstants(Math.floor);
export const ceil = onConstants(Math.ceil);
export const reciprocal = onConstants((number) => 1 / number);
export const exponential = onConstants(Math.exp);
export const logarithm = onConstants(Math.log);

function int64(shape: readonly number[], data: readonly number[]): Made {
  return { value: constant(shape, data), type: "int64" };
}
