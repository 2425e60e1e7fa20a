// Add, Sub, Mul, Div and their like, with numpy's broadcasting. Their constants are parameters of the model.

import { at } from "../../lib/element.ts";
import { only } from "../attributes.ts";
import { affine, constant, structure, sum, type Term, type Value } from "../builder.ts";
import { type Shape, STRUCTURE, sizeOf } from "../graph.ts";
import { type Context, type Made, type Operator, refused } from "../operator.ts";
import { spread } from "../positions.ts";
import { combined, commonShape, expanded, product, severalShape } from "./combination.ts";
import { type Constant, constantOperand, isFloat, like, made, numeric, sameTypes, typeOf } from "./operands.ts";

export const add: Operator = (context) => weighted(context, [1, 1]);
export const subtract: Operator = (context) => weighted(context, [1, -1]);
export const total: Operator = (context) => weighted(context, new Array(inputCount(context)).fill(1), severalShape);
export const mean: Operator = (context) => {
  refuseIntegers(context, "the mean");
  const count = inputCount(context);
  return weighted(context, new Array(count).fill(1 / count), severalShape);
};

export const negate: Operator = (context) => {
  only(context, []);
  const value = numeric(context, 0);
  return like(context, combined(context.builder, [value], [-1]));
};

export const multiply: Operator = (context) => {
  only(context, []);
  const unchanged = timesOne(context);
  if (unchanged !== undefined) return [unchanged];
  const [left, right] = [numeric(context, 0), numeric(context, 1)];
  sameTypes(context);
  const shape = commonShape(context, [left, right]);
  if (left.kind === "constant") {
    if (right.kind === "constant")
      return like(
        context,
        folded(shape, left, right, (a, b) => a * b),
      );
    return like(
      context,
      scaled(context, shape, right, left, (factor) => factor),
    );
  }
  if (right.kind === "constant")
    return like(
      context,
      scaled(context, shape, left, right, (factor) => factor),
    );
  const { builder } = context;
  return like(context, product(builder, expanded(builder, left, shape), expanded(builder, right, shape)));
};

export const divide: Operator = (context) => {
  only(context, []);
  const left = numeric(context, 0);
  const right = constantOperand(context, 1, "a divisor");
  sameTypes(context);
  const shape = commonShape(context, [left, right]);
  if (right.data.includes(0)) throw refused(context, "division by 0");
  if (left.kind === "constant") {
    // Integers are divided as in C: towards zero.
    const quotient = isFloat(typeOf(made(context, 0)))
      ? (a: number, b: number) => a / b
      : (a: number, b: number) => Math.trunc(a / b);
    return like(context, folded(shape, left, right, quotient));
  }
  refuseIntegers(context, "division");
  return like(
    context,
    scaled(context, shape, left, right, (divisor) => 1 / divisor),
  );
};

/** Scores whose link is left to the reader may be multiplied by 1, as LightGBM's converter does. */
function timesOne(context: Context): Made | undefined {
  const [left, right] = [made(context, 0), made(context, 1)];
  return [
    [left, right],
    [right, left],
  ].flatMap(([scores, other]) => {
    if (scores?.meaning?.link === undefined || other?.value.kind !== "constant") return [];
    const { shape, data } = other.value;
    return shape.length <= 1 && data.length === 1 && data[0] === 1 ? [scores] : [];
  })[0];
}

/** x^1 and x^2: what has no product is refused. */
export const power: Operator = (context) => {
  only(context, []);
  const value = numeric(context, 0);
  const exponents = constantOperand(context, 1, "an exponent");
  if (context.opset < 12) sameTypes(context);
  const shape = commonShape(context, [value, exponents]);
  if (value.kind === "constant") {
    const whole = isFloat(typeOf(made(context, 0))) ? (number: number) => number : Math.trunc;
    return like(
      context,
      folded(shape, value, exponents, (a, b) => whole(a ** b)),
    );
  }
  const { builder } = context;
  const base = expanded(builder, value, shape);
  if (exponents.data.every((exponent) => exponent === 1)) return like(context, base);
  if (exponents.data.every((exponent) => exponent === 2)) return like(context, product(builder, base, base));
  const other = exponents.data.find((exponent) => exponent !== 1 && exponent !== 2);
  throw refused(context, other === undefined ? "exponents 1 and 2 at once" : `exponent ${other}, want 1 or 2`);
};

/** The sum of all inputs, each times its weight. One constant is a parameter, element by element; so is a sum of them. */
function weighted(context: Context, weights: readonly number[], shapeOf = commonShape): readonly Made[] {
  only(context, []);
  const { builder } = context;
  const values = weights.map((_, i) => numeric(context, i));
  sameTypes(context);
  const shape = shapeOf(context, values);
  const bias = biasOf(context, shape, values, weights);
  const nodes: { value: Value; weight: number; from: Int32Array; start: number }[] = [];
  let start = 0;
  for (const [i, value] of values.entries()) {
    if (value.kind === "constant") continue;
    nodes.push({ value, weight: at(weights, i), from: spread(value.shape, shape), start });
    start += sizeOf(value.shape);
  }
  if (nodes.length === 0) return like(context, constant(shape, bias.data));
  const operands = nodes.map(({ value }) => value);
  const result = affine(builder, shape, operands, (j) => ({
    terms: nodes.map(({ weight, from, start }): Term => structure(start + at(from, j), weight)),
    bias: at(bias.data, j),
    biasKey: at(bias.keys, j),
  }));
  return like(context, result);
}

function biasOf({ builder }: Context, shape: Shape, values: readonly Value[], weights: readonly number[]) {
  const size = sizeOf(shape);
  const data = new Float64Array(size);
  const keys = new Int32Array(size).fill(STRUCTURE);
  const constants = values.filter((value) => value.kind === "constant");
  if (constants.length === 0) return { data, keys };
  // Of several only the sums are parameters: nothing else can be seen of them.
  const distinct = constants.length === 1 ? (constants[0]?.data.length ?? 0) : size;
  const first = builder.keys(distinct);
  for (const [i, value] of values.entries()) {
    if (value.kind === "node") continue;
    builder.spend(size);
    const from = spread(value.shape, shape);
    for (let j = 0; j < size; j++) {
      data[j] = at(data, j) + at(weights, i) * at(value.data, at(from, j));
      keys[j] = first + (constants.length === 1 ? at(from, j) : j);
    }
  }
  return { data, keys };
}

function scaled(context: Context, shape: Shape, value: Value, by: Constant, weight: (factor: number) => number): Value {
  const { builder } = context;
  const first = builder.keys(by.data.length);
  const from = spread(value.shape, shape);
  const factor = spread(by.shape, shape);
  return affine(builder, shape, [value], (j) => {
    const k = at(factor, j);
    return sum([{ source: at(from, j), weight: weight(at(by.data, k)), key: first + k }]);
  });
}

function folded(shape: Shape, left: Constant, right: Constant, of: (a: number, b: number) => number): Value {
  const [a, b] = [spread(left.shape, shape), spread(right.shape, shape)];
  return constant(
    shape,
    Array.from(a, (k, j) => of(at(left.data, k), at(right.data, at(b, j)))),
  );
}

function inputCount(context: Context): number {
  if (context.inputs.length === 0) throw refused(context, "it has no inputs");
  return context.inputs.length;
}

function refuseIntegers(context: Context, what: string): void {
  for (const input of context.inputs) {
    if (input !== undefined && !isFloat(typeOf(input))) throw refused(context, `${what} of integers`);
  }
}
