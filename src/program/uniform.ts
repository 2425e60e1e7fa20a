// Which nodes must have one unit for all elements: those that are compared with each other or handed out.

import { type Affine, type Graph, type NodeId, node, operandsOf } from "../graph/graph.ts";

export function uniformNodes(graph: Graph): ReadonlySet<NodeId> {
  const uniform = new Set<NodeId>(graph.outputs.map((output) => output.node));
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const { operation } = node(graph, id);
    const { kind } = operation;
    const passesOn = kind === "relu" || (kind === "affine" && isMove(operation));
    // A curve's pieces are in one unit.
    const compares = kind === "maximum" || kind === "argmax" || kind === "curve";
    if (compares || (passesOn && uniform.has(id))) {
      for (const operand of operandsOf(operation)) uniform.add(operand);
    }
  }
  return uniform;
}

/** True when no row has more than one term. */
function isMove({ starts }: Affine): boolean {
  return starts.every((start, j) => j === 0 || start - (starts[j - 1] ?? 0) <= 1);
}
