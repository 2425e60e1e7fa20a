// A graph's values against onnxruntime's, on random rows.

import * as ort from "onnxruntime-web";
import { expect } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { evaluate } from "../../../src/graph/evaluate.ts";
import { type Graph, type GraphOutput, node } from "../../../src/graph/graph.ts";
import type { OnnxModel } from "../../../src/onnx/model.ts";
import { encode } from "../onnx/encode.ts";
import type { Random } from "./random.ts";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "fatal";

/** How far float32 may be from float64, relative to the larger of 1 and the number. */
const TOLERANCE = 1e-4;

export type Rows = ReadonlyMap<string, Float64Array>;

/** Builds it, runs both on `rows` random rows and expects the same numbers and shapes of every output. */
export async function agree(model: OnnxModel, random: Random, rows = 2, low = -2, high = 2): Promise<Graph> {
  const graph = build(model);
  const session = await ort.InferenceSession.create(encode(model), {
    graphOptimizationLevel: "disabled",
    logSeverityLevel: 4,
  });
  for (let row = 0; row < rows; row++) {
    const inputs = randomRow(model, graph, random, low, high);
    const values = evaluate(graph, inputs);
    const wanted = await session.run(feeds(model, inputs));
    for (const output of graph.outputs) {
      const tensor = wanted[output.name];
      if (tensor === undefined) throw new RangeError(`got no output ${output.name}`);
      expect(output.shape, output.name).toEqual(tensor.dims);
      const got = linked(values[output.node] ?? new Float64Array(0), output);
      expectClose(got, Array.from(tensor.data as Iterable<number | bigint>, Number), output.name);
    }
  }
  await session.release();
  return graph;
}

/** What the model itself gives for these rows, without a graph. */
export function expectClose(got: Float64Array, want: readonly number[], name: string): void {
  expect(got.length, name).toBe(want.length);
  for (const [j, number] of want.entries()) {
    const distance = Math.abs((got[j] ?? Number.NaN) - number) / Math.max(1, Math.abs(number));
    if (!(distance <= TOLERANCE)) expect.fail(`${name}[${j}]: got ${got[j]}, onnxruntime ${number}`);
  }
}

function randomRow(model: OnnxModel, graph: Graph, random: Random, low: number, high: number): Rows {
  const types = new Map(model.inputs.map(({ name, type }) => [name, type]));
  return new Map(
    graph.inputs.map((id) => {
      const { operation, shape } = node(graph, id);
      if (operation.kind !== "input") throw new TypeError("got an input that is none");
      const size = shape.reduce((product, length) => product * length, 1);
      const whole = !types.get(operation.name)?.startsWith("float") && types.get(operation.name) !== "double";
      const one = () =>
        whole ? random.whole(Math.ceil(low), Math.floor(high)) : Math.fround(random.between(low, high));
      return [operation.name, Float64Array.from({ length: size }, one)];
    }),
  );
}

function feeds(model: OnnxModel, rows: Rows): Record<string, ort.Tensor> {
  return Object.fromEntries(
    model.inputs.map(({ name, type, shape }) => {
      const data = rows.get(name) ?? new Float64Array(0);
      const dims = (shape ?? []).map((length) => length ?? 1);
      if (type === "int64") return [name, new ort.Tensor("int64", BigInt64Array.from(data, BigInt), dims)];
      if (type === "int32") return [name, new ort.Tensor("int32", Int32Array.from(data), dims)];
      if (type === "double") return [name, new ort.Tensor("float64", data, dims)];
      if (type === "uint8") return [name, new ort.Tensor("uint8", Uint8Array.from(data), dims)];
      return [name, new ort.Tensor("float32", Float32Array.from(data), dims)];
    }),
  );
}

/** The scores as the file's own output. */
function linked(scores: Float64Array, { link, group = 1 }: GraphOutput): Float64Array {
  if (link === undefined) return scores;
  if (link === "sigmoid") return scores.map((x) => 1 / (1 + Math.exp(-x)));
  return scores.map((x, j) => {
    const start = j - (j % group);
    const total = scores.subarray(start, start + group).reduce((sum, other) => sum + Math.exp(other - x), 0);
    return link === "softmax" ? 1 / total : -Math.log(total);
  });
}
