// What the float model gives for rows: by onnxruntime.

import { type Graph, node, sizeOf } from "../graph/graph.ts";
import { read } from "../onnx/read.ts";
import { createRuntime, type RuntimeInput } from "../onnx/runtime.ts";
import type { Reference } from "./accuracy.ts";
import { inputName } from "./calibrate.ts";
import type { Row, RowInput } from "./rows.ts";

/** In the order of the rows' numbers. */
export function rowInputs(graph: Graph): readonly RowInput[] {
  return graph.inputs.map((id) => ({ name: inputName(graph, id), size: sizeOf(node(graph, id).shape) }));
}

/**
 * An input that the graph has no use for is given zeros: the runtime asks for all that the file has.
 *
 * Throws `model.runtime` for what onnxruntime does not take.
 */
export async function references(
  onnx: Uint8Array,
  graph: Graph,
  rows: readonly Row[],
  signal?: AbortSignal,
): Promise<readonly Reference[]> {
  const runtime = await createRuntime(onnx, signal);
  const shapes = new Map(graph.inputs.map((id) => [inputName(graph, id), node(graph, id).shape]));
  const unused = read(onnx).inputs.filter(({ name }) => !shapes.has(name));
  const zeros = Object.fromEntries(unused.map(({ name, shape }) => [name, zerosOf(shape ?? [])]));
  try {
    const found: Reference[] = [];
    for (const row of rows) {
      const inputs = Object.fromEntries(
        [...row.inputs].map(([name, data]) => [name, { shape: shapes.get(name) ?? [], data }]),
      );
      const outputs = await runtime.run({ ...zeros, ...inputs }, signal);
      found.push(
        new Map(
          Object.entries(outputs).map(([name, { data, strings }]) => [name, strings.length > 0 ? strings : data]),
        ),
      );
    }
    return found;
  } finally {
    await runtime.close();
  }
}

/** Open dimensions are 1. */
function zerosOf(open: readonly (number | undefined)[]): RuntimeInput {
  const shape = open.map((length) => length ?? 1);
  return { shape, data: new Float64Array(sizeOf(shape)) };
}
