// Models by chance over the operators of ai.onnx, such as onnxruntime runs: for whoever compares two ways of computing one.

import { inspect } from "../../../src/graph/inspect.ts";
import type { OnnxModel, OnnxNode } from "../../../src/onnx/model.ts";
import { type Attributes, input, int64, model, node, type Operand, real, tensor, weights } from "./models.ts";
import type { Random } from "./random.ts";

type Known = { readonly name: string; readonly shape: readonly number[] };

/** What may come next, by what there is; undefined where it does not fit. */
type Step = (known: Known, others: readonly Known[], random: Random) => Next | undefined;
type Next = {
  readonly operator: string;
  readonly inputs: readonly (string | Operand)[];
  readonly attributes?: Attributes;
};

/** One input, `length` nodes or fewer, and at times a Softmax or an ArgMax at the end. */
export function randomModel(random: Random, length: number): OnnxModel {
  const shape = random.oneOf([
    [1, 6],
    [1, 2, 5],
    [1, 2, 4, 4],
    [1, 1, 6, 5],
  ]);
  const operands = new Map([["x", input(shape)]]);
  const nodes: OnnxNode[] = [];
  const known: Known[] = [{ name: "x", shape }];
  for (let i = 0; i < length; i++) {
    const last = known[known.length - 1] ?? { name: "x", shape };
    const steps = i === length - 1 ? [...STEPS, ...ENDS] : STEPS;
    const next = random.oneOf(steps)(last, known, random);
    if (next === undefined) continue;
    const inputs = next.inputs.map((operand, k) => {
      if (typeof operand === "string") return operand;
      operands.set(`c${i}_${k}`, operand);
      return `c${i}_${k}`;
    });
    nodes.push(node(next.operator, inputs, [`t${i}`], next.attributes));
    const made = inspect(model(operands, nodes, [`t${i}`])).at(-1);
    if (made?.shape === undefined) throw new TypeError(`got ${made?.reason}`);
    known.push({ name: `t${i}`, shape: made.shape });
  }
  return model(operands, nodes, [known.at(-1)?.name ?? "x"]);
}

const plain =
  (operator: string, attributes: Attributes = {}): Step =>
  ({ name }) => ({ operator, inputs: [name], attributes });

const withConstant =
  (operator: string): Step =>
  ({ name, shape }, _, random) => {
    const other = shape.slice(random.whole(0, shape.length)).map((size) => random.oneOf([1, size]));
    const constant = weights(random, other, 0.5, 1.5);
    return { operator, inputs: operator !== "Div" && random.whole(0, 1) === 1 ? [constant, name] : [name, constant] };
  };

const withOther =
  (operator: string): Step =>
  ({ name, shape }, others, random) => {
    const same = others.filter((other) => other.shape.join() === shape.join());
    return { operator, inputs: [name, random.oneOf(same).name] };
  };

const conv: Step = ({ name, shape }, _, random) => {
  const [, channels = 0, ...spatial] = shape;
  if (spatial.length < 1 || spatial.some((size) => size < 2)) return undefined;
  const kernel = [random.whole(1, 3), channels, ...spatial.map(() => 2)];
  const pads = [...spatial, ...spatial].map(() => random.whole(0, 1));
  const strides = spatial.map(() => random.whole(1, 2));
  return {
    operator: "Conv",
    inputs: [name, weights(random, kernel), weights(random, kernel.slice(0, 1))],
    attributes: { pads, strides },
  };
};

const pool =
  (operator: string): Step =>
  ({ name, shape }, _, random) => {
    const spatial = shape.slice(2);
    if (spatial.length < 1 || spatial.some((size) => size < 2)) return undefined;
    const attributes = { kernel_shape: spatial.map(() => 2), strides: spatial.map(() => random.whole(1, 2)) };
    return { operator, inputs: [name], attributes };
  };

const matrix: Step = ({ name, shape }, _, random) => {
  if (shape.length < 2) return undefined;
  return { operator: "MatMul", inputs: [name, weights(random, [shape.at(-1) ?? 1, random.whole(1, 5)], -0.5, 0.5)] };
};

const reduce =
  (operator: string): Step =>
  ({ name, shape }, _, random) => {
    if (shape.length < 2) return undefined;
    const keepdims = random.whole(0, 1);
    return { operator, inputs: [name, int64([random.whole(1, shape.length - 1)])], attributes: { keepdims } };
  };

const transpose: Step = ({ name, shape }) => {
  const perm = shape.map((_, axis) => axis);
  return {
    operator: "Transpose",
    inputs: [name],
    attributes: { perm: [0, ...perm.slice(1).reverse()].slice(0, perm.length) },
  };
};

const slice: Step = ({ name, shape }, _, random) => {
  const axis = random.whole(0, shape.length - 1);
  if ((shape[axis] ?? 1) < 2) return undefined;
  const step = random.oneOf([1, -1]);
  const lists = step === 1 ? [[1], [2 ** 63], [axis], [1]] : [[-1], [-(2 ** 63)], [axis], [-1]];
  return { operator: "Slice", inputs: [name, ...lists.map((list) => int64(list))] };
};

const pad: Step = ({ name, shape }, _, random) => {
  const pads = [...shape, ...shape].map((_, i) => (i % shape.length === 0 ? 0 : random.whole(0, 1)));
  return { operator: "Pad", inputs: [name, int64(pads), tensor("float", [], [0.25])] };
};

const clip: Step = ({ name }) => ({
  operator: "Clip",
  inputs: [name, tensor("float", [], [-0.5]), tensor("float", [], [1])],
});

const STEPS: readonly Step[] = [
  plain("Relu"),
  plain("LeakyRelu", { alpha: real(0.2) }),
  plain("Abs"),
  plain("Neg"),
  plain("Sigmoid"),
  plain("Tanh"),
  plain("HardSigmoid"),
  plain("Flatten"),
  clip,
  ...["Add", "Sub", "Mul", "Div", "Max", "Min"].map(withConstant),
  ...["Add", "Sub", "Mul", "Max", "Min"].map(withOther),
  conv,
  conv,
  pool("MaxPool"),
  pool("AveragePool"),
  matrix,
  matrix,
  ...["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin"].map(reduce),
  transpose,
  slice,
  pad,
  ({ name, shape }) => ({ operator: "Concat", inputs: [name, name], attributes: { axis: shape.length - 1 } }),
];

const ENDS: readonly Step[] = [
  plain("Softmax"),
  plain("LogSoftmax"),
  ({ name, shape }) =>
    shape.at(-1) === 1 ? undefined : { operator: "ArgMax", inputs: [name], attributes: { axis: shape.length - 1 } },
];
