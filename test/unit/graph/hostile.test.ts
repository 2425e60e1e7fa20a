import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { evaluate } from "../../../src/graph/evaluate.ts";
import { sizeOf } from "../../../src/graph/graph.ts";
import { inspect } from "../../../src/graph/inspect.ts";
import { STANDARD } from "../../../src/graph/operators/standard.ts";
import { AssayError } from "../../../src/lib/errors.ts";
import { read } from "../../../src/onnx/read.ts";
import { type Attributes, input, int64, type Operand, real, single, tensor } from "../../support/graph/models.ts";
import { type Random, seeded } from "../../support/graph/random.ts";

const NUMBERS = [
  0,
  0,
  1,
  1,
  1,
  2,
  2,
  3,
  -1,
  -1,
  -2,
  7,
  64,
  1000,
  2 ** 20,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
];
const IMAGE = input([1, 2, 4, 4]);
const ones = (...shape: number[]) => tensor("float", shape, new Array(sizeOf(shape)).fill(1));
const scalar = (value: number) => tensor("float", [], [value]);

type Good = { readonly inputs: readonly (Operand | undefined)[]; readonly attributes?: Attributes };

const WINDOW = { kernel_shape: [2, 2], strides: [1, 1], pads: [0, 1, 0, 1], dilations: [1, 1], auto_pad: "NOTSET" };
const TWO: Good = { inputs: [IMAGE, ones(2, 1, 4)] };

/** What is good of an operator, before something of it is changed; one image where nothing is said. */
const GOOD: Readonly<Record<string, Good>> = {
  ...{ Add: TWO, Sub: TWO, Mul: TWO, Div: TWO, Max: TWO, Min: TWO, Sum: TWO, Mean: TWO, PRelu: TWO },
  ArgMax: { inputs: [IMAGE], attributes: { axis: 1, keepdims: 0, select_last_index: 1 } },
  ArgMin: { inputs: [IMAGE], attributes: { axis: -1 } },
  AveragePool: { inputs: [IMAGE], attributes: { ...WINDOW, ceil_mode: 1, count_include_pad: 1 } },
  BatchNormalization: { inputs: [IMAGE, ...[1, 2, 3, 4].map(() => ones(2))], attributes: { epsilon: real(0.1) } },
  Cast: { inputs: [IMAGE], attributes: { to: 11 } },
  Clip: { inputs: [IMAGE, scalar(-1), scalar(1)] },
  Concat: { inputs: [IMAGE, IMAGE], attributes: { axis: 1 } },
  Conv: { inputs: [IMAGE, ones(2, 1, 2, 2), ones(2)], attributes: { ...WINDOW, group: 2 } },
  Expand: { inputs: [IMAGE, int64([2, 2, 4, 4])] },
  Flatten: { inputs: [IMAGE], attributes: { axis: 1 } },
  Gather: { inputs: [IMAGE, int64([0, 1])], attributes: { axis: 1 } },
  Gemm: {
    inputs: [input([2, 3]), ones(3, 2), ones(2)],
    attributes: { alpha: real(2), beta: real(1), transA: 0, transB: 0 },
  },
  MatMul: { inputs: [IMAGE, ones(4, 3)] },
  MaxPool: { inputs: [IMAGE], attributes: { ...WINDOW, ceil_mode: 1, storage_order: 0 } },
  Pad: { inputs: [IMAGE, int64([0, 0, 1, 1, 0, 0, -1, 1]), scalar(1)], attributes: { mode: "constant" } },
  Pow: { inputs: [IMAGE, scalar(2)] },
  ReduceSum: { inputs: [IMAGE, int64([1])], attributes: { keepdims: 0, noop_with_empty_axes: 0 } },
  Reshape: { inputs: [IMAGE, int64([0, -1])], attributes: { allowzero: 0 } },
  Slice: { inputs: [IMAGE, int64([1]), int64([3]), int64([2]), int64([1])] },
  Split: { inputs: [IMAGE, int64([1, 1])], attributes: { axis: 1 } },
  Squeeze: { inputs: [IMAGE, int64([0])] },
  Tile: { inputs: [IMAGE, int64([1, 1, 2, 2])] },
  Transpose: { inputs: [IMAGE], attributes: { perm: [0, 2, 3, 1] } },
  Unsqueeze: { inputs: [IMAGE, int64([0])] },
};
/** Of these nothing is built: they are for constants, which are no output. */
const CONSTANT = [
  "Ceil",
  "Constant",
  "ConstantOfShape",
  "Exp",
  "Floor",
  "Log",
  "Range",
  "Reciprocal",
  "Shape",
  "Size",
  "Sqrt",
];
const OTHERS = [
  "axis",
  "axes",
  "alpha",
  "min",
  "max",
  "starts",
  "ends",
  "split",
  "pads",
  "value_int",
  "value_float",
  "start",
  "end",
];
const TEXTS = ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER", "constant", "reflect", ""];

const FILES = new URL("../../models/hostile/", import.meta.url);
/** Strange and good; or good as a graph, of which the integers are to be refused (growth, weights beyond any fixed point). */
const TAKEN = [
  ...[
    "argmax-last-index",
    "batch-of-eight",
    "conv-stride-2-pow-31",
    "prototype-names",
    "slice-extremes",
    "unsorted-nodes",
  ],
  ...["weight-1e-40", "weights-double", "weights-float16", "doubling-chain", "weight-1e38"],
];

describe("a hostile file", () => {
  const files = readdirSync(FILES).filter((file) => file.endsWith(".onnx"));

  it.each(files)("%s is refused, or a graph where it only looks hostile", (file) => {
    const make = () => build(read(readFileSync(new URL(file, FILES))));
    if (TAKEN.includes(file.replace(".onnx", ""))) expect(make().outputs.length).toBeGreaterThan(0);
    else expect(make).toThrow(AssayError);
  });
});

describe("whatever the attributes and shapes of a node are", () => {
  it.each([...STANDARD.keys()])("%s is a graph that can be evaluated, or refused", (operator) => {
    const random = seeded([...operator].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 2 ** 32, 7));
    let built = 0;
    for (let round = 0; round < 100; round++) {
      const model = single(operator, {
        ...changed(GOOD[operator] ?? { inputs: [IMAGE] }, random),
        opset: random.oneOf([7, 9, 11, 13, 18, 21, 21, 21]),
        outputs: operator === "Split" ? 2 : random.oneOf([1, 1, 1, 1, 2]),
      });
      inspect(model);
      try {
        const graph = build(model);
        built++;
        const rows = graph.inputs.map((id) => {
          const { operation, shape } = graph.nodes[id] ?? { operation: undefined, shape: [] };
          return [operation?.kind === "input" ? operation.name : "", new Float64Array(sizeOf(shape)).fill(1)] as const;
        });
        for (const [id, values] of evaluate(graph, new Map(rows)).entries()) {
          expect(values.length).toBe(sizeOf(graph.nodes[id]?.shape ?? []));
          expect(values.includes(Number.NaN)).toBe(false);
        }
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
        expect(error.disposition).toBe("reject");
      }
    }
    expect(built > 0).toBe(!CONSTANT.includes(operator));
  });
});

function operandOf(random: Random): Operand | undefined {
  const shape = Array.from({ length: random.whole(0, 4) }, () => random.oneOf([1, 1, 2, 2, 3, 4]));
  const list = () => Array.from({ length: random.whole(0, 4) }, () => random.oneOf(NUMBERS));
  return random.oneOf<() => Operand | undefined>([
    () => input(shape),
    () => input(shape),
    () => input([1, 2, 4, 4]),
    () => input(shape, random.oneOf(["int64", "double", "uint8", "bool"])),
    () => int64(list()),
    () => int64(list()),
    () =>
      tensor(
        "float",
        shape,
        Array.from({ length: sizeOf(shape) }, () => random.oneOf([0, 0.5, 1, -2, 1e38])),
      ),
    () => tensor("float", [0], []),
    () => undefined,
  ])();
}

function changed({ inputs, attributes = {} }: Good, random: Random): Good {
  const operands = [...inputs];
  const named = { ...attributes };
  for (let i = random.whole(0, 2); i > 0; i--) {
    const position = random.whole(0, operands.length);
    const names = [...Object.keys(attributes), ...Object.keys(attributes), random.oneOf(OTHERS)];
    const change = random.oneOf(["put", "drop", "set", "unset"]);
    if (change === "put") operands[position] = operandOf(random);
    if (change === "drop") operands.splice(position, 1);
    if (change === "set") named[random.oneOf(names)] = attributeOf(random);
    if (change === "unset") named[random.oneOf(names)] = undefined;
  }
  return { inputs: operands, attributes: named };
}

function attributeOf(random: Random): Attributes[string] {
  return random.oneOf<Attributes[string]>([
    random.oneOf(NUMBERS),
    random.oneOf([0, 1, 2]),
    Array.from({ length: random.oneOf([1, 2, 2, 4, 4]) }, () => random.oneOf(NUMBERS)),
    Array.from({ length: random.oneOf([1, 2, 2, 4, 4]) }, () => random.whole(-1, 3)),
    random.oneOf(TEXTS),
    real(random.oneOf([0, 0.5, -1, 1e38])),
  ]);
}
