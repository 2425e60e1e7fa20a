// A perceptron of random weights as .onnx bytes, and its job: for tests that need a large net.

import type { ModelJob } from "../../../src/inference/modelJob.ts";
import { type Random, random } from "../circuits/random.ts";
import { encode, type NodeLiteral, type TensorLiteral } from "./encode.ts";
import { floatTensor } from "./literals.ts";

/** Layers of these sizes, the first the input's, with a ReLU between two. The same sizes give the same bytes. */
export function perceptron(sizes: readonly number[]): Uint8Array {
  const source = random(BigInt(sizes.length));
  const layers = sizes.slice(1).map((to, i) => ({ from: sizes[i] ?? 0, to, isLast: i === sizes.length - 2 }));
  const initializers: Record<string, TensorLiteral> = {};
  const nodes = layers.flatMap(({ from, to, isLast }, i): readonly NodeLiteral[] => {
    initializers[`w${i}`] = weights([from, to], source);
    initializers[`b${i}`] = weights([to], source);
    const inputs = [i === 0 ? "x" : `a${i - 1}`, `w${i}`, `b${i}`];
    const gemm = { operator: "Gemm", inputs, outputs: [isLast ? "y" : `s${i}`] };
    return isLast ? [gemm] : [gemm, { operator: "Relu", inputs: [`s${i}`], outputs: [`a${i}`] }];
  });
  return encode({
    inputs: [{ name: "x", type: "float", shape: [1, sizes[0]] }],
    outputs: [{ name: "y", type: "float", shape: [1, sizes.at(-1)] }],
    initializers,
    nodes,
  });
}

/** A byte an input. */
export const PERCEPTRON_JOB: ModelJob = {
  ...{ version: 1, model: "x.onnx", parameters: "fixed", weightBits: 8, activationBits: 8, curvePieces: 8 },
  inputs: { x: { visibility: "private", bits: [8], minimum: [0], unit: [1] } },
  ...{ ranges: {}, units: {} },
};

/** In [-1, 1], none of them 0. */
function weights(shape: readonly number[], source: Random): TensorLiteral {
  const size = shape.reduce((product, length) => product * length, 1);
  const weight = (): number => (source.oneIn(2) ? 1 : -1) * ((1 + source.below(127)) / 127);
  return floatTensor(shape, Array.from({ length: size }, weight));
}
