// Maxima before ReLU: max(relu(x)) is relu(max(x)), and a pool has one ReLU where its window had many.

import { type Graph, type GraphNode, node, operandsOf } from "./graph.ts";

/** The same function. A ReLU is moved behind the maximum that is its only user. */
export function rectifyLate(graph: Graph): Graph {
  const users = new Map<number, number>();
  const use = (id: number): void => void users.set(id, (users.get(id) ?? 0) + 1);
  for (const { operation } of graph.nodes) for (const id of new Set(operandsOf(operation))) use(id);
  for (const { node: id } of graph.outputs) use(id);

  // A maximum becomes two nodes: the others move up.
  const nodes: GraphNode[] = [];
  const places: number[] = [];
  const moved = (id: number): number => places[id] ?? id;
  for (const one of graph.nodes) {
    const { operation, shape } = one;
    if (operation.kind === "input") {
      places.push(nodes.push(one) - 1);
      continue;
    }
    const rectified = operation.operands.map((id) => node(graph, id));
    if (
      operation.kind === "maximum" &&
      rectified.every((r, i) => r.operation.kind === "relu" && users.get(operation.operands[i] ?? -1) === 1)
    ) {
      const before = rectified.flatMap((r) => operandsOf(r.operation).map(moved));
      const id = nodes.push({ ...one, operation: { ...operation, operands: before } }) - 1;
      const name = rectified[0]?.name ?? one.name;
      places.push(nodes.push({ name, shape, operation: { kind: "relu", operands: [id] } }) - 1);
      continue;
    }
    // Same kind, same number of operands.
    const operands = operation.operands.map(moved);
    places.push(nodes.push({ ...one, operation: { ...operation, operands } as typeof operation }) - 1);
  }
  return {
    ...graph,
    nodes,
    inputs: graph.inputs.map(moved),
    outputs: graph.outputs.map((output) => ({ ...output, node: moved(output.node) })),
  };
}
