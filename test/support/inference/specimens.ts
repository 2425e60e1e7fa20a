// Five small models that have every kind of step, both kinds of parameters and every visibility between them.

import type { Row, Value } from "../../../src/graph/builder.ts";
import { type Graph, STRUCTURE, type TreeNode } from "../../../src/graph/graph.ts";
import { type CompiledModel, compileGraph } from "../../../src/inference/compiledModel.ts";
import type { ModelJob } from "../../../src/inference/modelJob.ts";
import { hand, jobOf } from "./graphs.ts";

export type Specimen = { readonly graph: Graph; readonly job: ModelJob; readonly compiled: CompiledModel };

const specimen = (graph: Graph, job: ModelJob): Specimen => ({ graph, job, compiled: compileGraph(graph, job) });

/** ReLUs with a shift, one of them never above 0; scores that tie and the first of them; all constant, the input private. */
export function perceptron(): Specimen {
  const h = hand();
  const x = h.input("x", 6);
  const hidden = h.relu(
    h.dense(
      x,
      [
        [3, -5, 7, 1, 0, -2],
        [-1, -2, -3, -1, -1, -1],
        [2, 2, -6, 0, 5, 1],
        [7, 6, 5, 4, 3, 2],
        [0, 0, 0, 0, 0, 0],
      ],
      [-10, 0, 4, 1, 3],
    ),
  );
  const scores = h.dense(
    hidden,
    [
      [5, 1, -7, 2, 1],
      [5, 1, -7, 2, 1],
      [-3, 2, 6, 1, -1],
    ],
    [1, 1, 0],
  );
  const graph = h.finish([scores, h.argmax([scores], [[0, 1, 2], [2], [2, 1]])]);
  const inputs = { x: { visibility: "private", bits: [4] } } as const;
  return specimen(graph, jobOf(inputs, { weightBits: 4, activationBits: 5 }));
}

/** A convolution of one dimension whose kernel is shared, ReLU, a maximum, a layer: all private, the input hashed. */
export function convolution(kernel: readonly number[] = [0.5, -1, 0.25], changes: Partial<ModelJob> = {}): Specimen {
  const h = hand();
  const x = h.input("x", 8);
  const rows = Array.from({ length: 6 }, (_, j): Row => {
    const terms = kernel.map((weight, k) => ({ source: j + k, weight, key: k }));
    return { terms, bias: 0.75, biasKey: 3 };
  });
  const convolved = h.relu(h.affine([x], rows));
  const pooled = h.maximum(
    [convolved],
    [
      [0, 1],
      [2, 3],
      [4, 5],
    ],
  );
  const weights = [
    [1, -2, 3],
    [-0.5, 0.5, 1],
  ];
  const classes = h.affine(
    [pooled],
    weights.map((row, j): Row => {
      const terms = row.map((weight, source) => ({ source, weight, key: 10 + 3 * j + source }));
      return { terms, bias: j, biasKey: j === 0 ? STRUCTURE : 20 };
    }),
  );
  const graph = h.finish([classes]);
  const inputs = { x: { visibility: "hashed", bits: [5], minimum: [-1], unit: [0.125] } } as const;
  const settings = { parameters: "private", weightBits: 5, activationBits: 6, ranges: { relu1: 4 } } as const;
  return specimen(graph, { ...jobOf(inputs, settings), ...changes });
}

/** Trees over two inputs, one public with a bit among wider numbers, one hashed; thresholds that integers meet exactly. */
export function forest(): Specimen {
  const h = hand();
  const [a, b] = [h.input("a", 3), h.input("b", 1)];
  const joined = h.moved([a, b], [0, 1, 2, 3]);
  const trees = [
    branch(
      0,
      3,
      branch(1, 0.5, leaf(1, 0), leaf(-2, 0.5)),
      branch(0, 6, leaf(0.25, -1), branch(3, 4, leaf(3, 3), leaf(4, -4))),
    ),
    branch(2, 7, branch(2, 2, leaf(1, 1), leaf(2, 2)), branch(2, 14, leaf(-1, -1), leaf(0, 8))),
    branch(
      3,
      1,
      leaf(0.5, 0.5),
      branch(0, 3, branch(2, 7, leaf(1, -1), leaf(-1, 1)), branch(1, 0, leaf(2, 0), leaf(0, 2))),
    ),
    leaf(0.125, 0),
  ];
  const scores = h.trees(joined, [0.5, 0], trees);
  const graph = h.finish([scores, h.argmax([scores], [[0, 1]])]);
  const inputs = {
    a: { visibility: "public", bits: [3, 1, 4] },
    b: { visibility: "hashed", bits: [3] },
  } as const;
  return specimen(graph, jobOf(inputs));
}

/** Both curves, a product, a maximum; inputs public, hashed twice alike, private and in no use; outputs that are an input, or constant. */
export function curves(): Specimen {
  const h = hand();
  const [x, v, w] = [h.input("x", 2), h.input("v", 2), h.input("w", 2)];
  h.input("unused", 3);
  const gate = h.curve(
    "sigmoid",
    h.dense(
      x,
      [
        [0.5, 0.25],
        [0.75, 0.5],
      ],
      [-4, -6],
    ),
  );
  const flat = h.curve("tanh", h.moved([v], [1, 0]));
  const product = h.product(gate, flat);
  const most = h.maximum(
    [product, w],
    [
      [0, 1, 2, 3],
      [3, 0],
    ],
  );
  const constant = h.affine(
    [],
    [2.5, -1].map((bias): Row => ({ terms: [], bias, biasKey: STRUCTURE })),
  );
  const graph = h.finish([most, x, constant, saturated(h, w)]);
  const inputs = {
    x: { visibility: "public", bits: [5, 4] },
    v: { visibility: "hashed", bits: [4], minimum: [-2], unit: [0.25] },
    w: { visibility: "hashed", bits: [4], minimum: [-2], unit: [0.25] },
    unused: { visibility: "private", bits: [2] },
  } as const;
  return specimen(graph, jobOf(inputs, { curvePieces: 6 }));
}

/** Products of products, rounded to leave room, beside an element that is narrow enough as it is. */
export function powers(): Specimen {
  const h = hand();
  const x = h.input("x", 2);
  const cube = h.product(h.product(x, x), x);
  const both = h.moved([cube, x], [0, 3, 1]);
  const sums = h.dense(
    both,
    [
      [0.25, -100, 0.125],
      [-0.5, 100, 0.25],
    ],
    [7, -7],
  );
  const graph = h.finish([sums, h.argmax([sums], [[0, 1]])]);
  const inputs = { x: { visibility: "public", bits: [12, 9], minimum: [-200] } } as const;
  return specimen(graph, jobOf(inputs, { weightBits: 10 }));
}

/** Beyond its bend a curve is one piece, without a threshold. */
function saturated(h: ReturnType<typeof hand>, operand: Value): Value {
  return h.curve("sigmoid", h.dense(operand, [[0.5, 0.5]], [100]));
}

const leaf = (...values: readonly number[]): TreeNode => ({
  values: values.map((value, output) => ({ output, value })),
});

const branch = (feature: number, threshold: number, yes: TreeNode, no: TreeNode): TreeNode => ({
  feature,
  threshold,
  comparison: "<=",
  yes,
  no,
});
