// Affine operations that follow each other become one: what lies between them is never rounded, and nothing is computed for
// reshapes, scalings, normalisations and averages.

import { at } from "../lib/element.ts";
import { type Affine, type Graph, type GraphNode, type NodeId, node, STRUCTURE, sizeOf } from "./graph.ts";

/** The same function of the same inputs, with fewer nodes. Nodes that nothing uses any more are gone. */
export function fuse(graph: Graph): Graph {
  const keys = createKeys(graph);
  const nodes: GraphNode[] = [];
  for (const original of graph.nodes) {
    let current = original;
    // Again, as long as an operand of the result is affine itself.
    for (let next = fused(current, nodes, keys); next !== undefined; next = fused(current, nodes, keys)) current = next;
    nodes.push(current);
  }
  return withoutUnused({ ...graph, nodes });
}

function fused(outer: GraphNode, nodes: readonly GraphNode[], keys: Keys): GraphNode | undefined {
  const { operation } = outer;
  if (operation.kind !== "affine") return undefined;
  for (const [index, id] of operation.operands.entries()) {
    const inner = node({ nodes }, id).operation;
    if (inner.kind !== "affine") continue;
    const result = composed(operation, index, inner, { nodes }, keys);
    if (result !== undefined) return { ...outer, operation: result };
  }
  return undefined;
}

/** `outer` with the rows of its operand `index` written out; undefined where that would be more work than both. */
function composed(
  outer: Affine,
  index: number,
  inner: Affine,
  graph: Pick<Graph, "nodes">,
  keys: Keys,
): Affine | undefined {
  const operandSizes = outer.operands.map((id) => sizeOf(node(graph, id).shape));
  const before = operandSizes.slice(0, index).reduce((sum, size) => sum + size, 0);
  const innerSize = operandSizes[index] ?? 0;
  // The operands of the result: outer's without this one, then inner's.
  const operands = [...outer.operands.slice(0, index), ...outer.operands.slice(index + 1), ...inner.operands];
  const innerFirst = operandSizes.reduce((sum, size) => sum + size, 0) - innerSize;

  const limit = outer.sources.length + inner.sources.length;
  const size = outer.bias.length;
  const starts = new Int32Array(size + 1);
  const [sources, weights, termKeys]: [number[], number[], number[]] = [[], [], []];
  const bias = Float64Array.from(outer.bias);
  const biasKeys = Int32Array.from(outer.biasKeys);
  for (let j = 0; j < size; j++) {
    const row = new Map<number, { weight: number; key: number }>();
    const put = (source: number, weight: number, key: number): void => {
      const known = row.get(source);
      if (known === undefined) row.set(source, { weight, key });
      else row.set(source, { weight: known.weight + weight, key: keys.sum(known.key, key) });
    };
    for (let k = at(outer.starts, j); k < at(outer.starts, j + 1); k++) {
      const [source, weight, key] = [at(outer.sources, k), at(outer.weights, k), at(outer.keys, k)];
      if (source < before || source >= before + innerSize) {
        put(source < before ? source : source - innerSize, weight, key);
        continue;
      }
      const i = source - before;
      for (let n = at(inner.starts, i); n < at(inner.starts, i + 1); n++) {
        const scaled = weight * at(inner.weights, n);
        put(
          innerFirst + at(inner.sources, n),
          scaled,
          keys.product(key, weight, at(inner.keys, n), at(inner.weights, n)),
        );
      }
      const added = weight * at(inner.bias, i);
      bias[j] = at(bias, j) + added;
      const addedKey = keys.product(key, weight, at(inner.biasKeys, i), at(inner.bias, i));
      // A bias of 0 that belongs to the structure adds nothing: a bias stays the parameter that it was.
      if (addedKey !== STRUCTURE || at(inner.bias, i) !== 0)
        biasKeys[j] = keys.biasSum(at(biasKeys, j), at(outer.bias, j), addedKey);
    }
    for (const [source, { weight, key }] of row) {
      sources.push(source);
      weights.push(weight);
      termKeys.push(key);
    }
    if (sources.length > limit) return undefined;
    starts[j + 1] = sources.length;
  }
  return {
    kind: "affine",
    operands,
    starts,
    sources: Int32Array.from(sources),
    weights: Float64Array.from(weights),
    keys: Int32Array.from(termKeys),
    bias,
    biasKeys,
  };
}

/* KEYS OF PARAMETERS */

type Keys = {
  /** Of weight * other: the same pair of parameters is the same parameter again. */
  readonly product: (key: number, weight: number, other: number, otherWeight: number) => number;
  readonly sum: (key: number, other: number) => number;
  readonly biasSum: (key: number, bias: number, added: number) => number;
};

function createKeys({ nodes }: Pick<Graph, "nodes">): Keys {
  let next = 0;
  for (const { operation } of nodes) {
    if (operation.kind !== "affine") continue;
    for (const list of [operation.keys, operation.biasKeys]) for (const key of list) next = Math.max(next, key + 1);
  }
  const interned = new Map<string, number>();
  const intern = (text: string): number => {
    const key = interned.get(text) ?? next++;
    interned.set(text, key);
    return key;
  };
  return {
    product: (key, weight, other, otherWeight) => {
      if (key === STRUCTURE && other === STRUCTURE) return STRUCTURE;
      if (key === STRUCTURE) return weight === 1 ? other : intern(`${other}*${weight}`);
      if (other === STRUCTURE) return otherWeight === 1 ? key : intern(`${key}*${otherWeight}`);
      return intern(`${key}x${other}`);
    },
    sum: (key, other) => (key === STRUCTURE && other === STRUCTURE ? STRUCTURE : intern(`${key}+${other}`)),
    biasSum: (key, bias, added) => {
      if (key === STRUCTURE && bias === 0) return added;
      return key === STRUCTURE && added === STRUCTURE
        ? STRUCTURE
        : intern(`${key}(${key === STRUCTURE ? bias : ""})+${added}`);
    },
  };
}

/* NODES THAT NOTHING USES */

function withoutUnused(graph: Graph): Graph {
  const used = new Set<NodeId>([...graph.inputs, ...graph.outputs.map(({ node: id }) => id)]);
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const { operation } = node(graph, id);
    if (used.has(id) && operation.kind !== "input") for (const operand of operation.operands) used.add(operand);
  }
  const places = new Map([...used].sort((a, b) => a - b).map((id, place) => [id, place]));
  const moved = (id: NodeId): NodeId => at2(places, id);
  const nodes = graph.nodes.flatMap((one, id) => {
    if (!used.has(id)) return [];
    const { operation } = one;
    if (operation.kind === "input") return [one];
    // Same kind, same number of operands.
    return [{ ...one, operation: { ...operation, operands: operation.operands.map(moved) } as typeof operation }];
  });
  return {
    ...graph,
    nodes,
    inputs: graph.inputs.map(moved),
    outputs: graph.outputs.map((output) => ({ ...output, node: moved(output.node) })),
  };
}

function at2(places: ReadonlyMap<NodeId, NodeId>, id: NodeId): NodeId {
  const place = places.get(id);
  if (place === undefined) throw new RangeError(`got node ${id}, want one that is used`);
  return place;
}
