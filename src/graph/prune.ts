// Without the nodes that no output needs: parts of a Split, or what only its shape was asked of. Inputs stay.

import { type Graph, type GraphNode, type NodeId, node, type Operation, operandsOf } from "./graph.ts";

export function prune(graph: Graph): Graph {
  const used = new Set<NodeId>([...graph.inputs, ...graph.outputs.map((output) => output.node)]);
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    if (used.has(id)) for (const operand of operandsOf(node(graph, id).operation)) used.add(operand);
  }
  const renamed = new Map<NodeId, NodeId>();
  const nodes: GraphNode[] = [];
  const to = (id: NodeId) => renamed.get(id) ?? 0; // operands come first
  for (const [id, current] of graph.nodes.entries()) {
    if (used.has(id)) renamed.set(id, nodes.push({ ...current, operation: moved(current.operation, to) }) - 1);
  }
  return {
    ...graph,
    nodes,
    inputs: graph.inputs.map(to),
    outputs: graph.outputs.map((output) => ({ ...output, node: to(output.node) })),
  };
}

function moved(operation: Operation, to: (id: NodeId) => NodeId): Operation {
  if (operation.kind === "input") return operation;
  const operands = operation.operands.map(to);
  return { ...operation, operands } as Operation; // as many as there were
}
