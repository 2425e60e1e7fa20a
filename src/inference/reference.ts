// What the float model gives for rows: by onnxruntime.

import { type Graph, node, sizeOf } from "../graph/graph.ts";
import { createRuntime } from "../onnx/runtime.ts";
import type { Reference } from "./accuracy.ts";
import { inputName } from "./calibrate.ts";
import type { Row, RowInput } from "./rows.ts";

/** In the order of the rows' numbers. */
export function rowInputs(graph: Graph): readonly RowInput[] {
  return graph.inputs.map((id) => ({ name: inputName(graph, id), size: sizeOf(node(graph, id).shape) }));
}

/** Throws `model.runtime` for what onnxruntime does not take. */
export async function references(
  onnx: Uint8Array,
  graph: Graph,
  rows: readonly Row[],
  signal?: AbortSignal,
): Promise<readonly Reference[]> {
  const runtime = await createRuntime(onnx, signal);
  const shapes = new Map(graph.inputs.map((id) => [inputName(graph, id), node(graph, id).shape]));
  try {
    const found: Reference[] = [];
    for (const row of rows) {
      const inputs = Object.fromEntries(
        [...row.inputs].map(([name, data]) => [name, { shape: shapes.get(name) ?? [], data }]),
      );
      const outputs = await runtime.run(inputs, signal);
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
