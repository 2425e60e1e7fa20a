// Affine operations that follow each other become one: what lies between them is never rounded, and nothing is computed for
// reshapes, scalings, normalisations and averages.

import { at } from "../lib/element.ts";
import { type Affine, type Graph, type GraphNode, type NodeId, node, STRUCTURE, sizeOf } from "./graph.ts";
import { type Budget, LIMITS } from "./limits.ts";
import { createParameterKeys, type ParameterKeys, type Weight } from "./parameterKeys.ts";
import { prune } from "./prune.ts";
import { finite } from "./rows.ts";

/** Terms that may be written out in all. Beyond that layers stay apart: a graph can be made that would take for ever. */
const MOST_TERMS = 2 * LIMITS.total;

/** Parameters that may be made of others: each is remembered by name. Of n x n weights twice there are n^3. */
const MOST_KEYS = 1 << 20;

/**
 * The same function of the same inputs, with fewer nodes. Nodes that nothing uses any more are gone. Throws `model.value`
 * where weights of several layers are beyond all numbers together.
 */
export function fuse(graph: Graph): Graph {
  const nodes: GraphNode[] = [];
  const tools: Tools = { nodes, keys: createParameterKeys(graph), budget: { left: MOST_TERMS } };
  for (const original of graph.nodes) {
    let current = original;
    // Again, as long as an operand of the result is affine itself.
    for (let next = fused(current, tools); next !== undefined; next = fused(current, tools)) current = next;
    nodes.push(current);
  }
  return prune({ ...graph, nodes });
}

type Tools = { readonly nodes: readonly GraphNode[]; readonly keys: ParameterKeys; readonly budget: Budget };

/** With all of its affine operands, or with the first that it can be one with; undefined where there is none. */
function fused(outer: GraphNode, tools: Tools): GraphNode | undefined {
  const { operation } = outer;
  if (operation.kind !== "affine") return undefined;
  const inners = operation.operands.map((id) => {
    const inner = node(tools, id).operation;
    return inner.kind === "affine" ? inner : undefined;
  });
  const found = inners.flatMap((inner, index) => (inner === undefined ? [] : [index]));
  const choices = found.length < 2 ? [found] : [found, ...found.map((index) => [index])];
  for (const choice of choices) {
    if (choice.length === 0) continue;
    const chosen = new Set(choice);
    const result = composed(
      operation,
      inners.map((inner, index) => (chosen.has(index) ? inner : undefined)),
      tools,
    );
    if (result !== undefined) return { ...outer, operation: result };
  }
  return undefined;
}

/** An operand of the outer operation: the result's positions of its elements, or of what they are sums of. */
type Part = { readonly inner: Affine | undefined; readonly positions: Int32Array };

/** `outer` with the rows of some operands written out; undefined where that would be more work than all of them. */
function composed(outer: Affine, inners: readonly (Affine | undefined)[], tools: Tools): Affine | undefined {
  const { nodes } = tools;
  const operands = createOperands(tools);
  const parts = outer.operands.map((id, index): Part => {
    const inner = inners[index];
    return { inner, positions: operands.place(inner === undefined ? [id] : inner.operands) };
  });
  const sizes = outer.operands.map((id) => sizeOf(node({ nodes }, id).shape));
  const locate = locator(sizes, parts);
  const limit = inners.reduce((sum, inner) => sum + (inner?.sources.length ?? 0), outer.sources.length);

  const starts = new Int32Array(outer.starts.length);
  const sources: number[] = [];
  const weights: Weight[] = [];
  const biases: Weight[] = [];
  for (let j = 0; j < outer.bias.length; j++) {
    const { terms, bias } = writtenOut(outer, j, locate, tools);
    for (const [source, weight] of terms) {
      sources.push(source);
      weights.push(weight);
    }
    biases.push(bias);
    if (sources.length > limit || isSpent(tools)) return undefined;
    starts[j + 1] = sources.length;
  }
  return {
    kind: "affine",
    operands: operands.list,
    starts,
    sources: Int32Array.from(sources),
    weights: Float64Array.from(weights, ({ value }) => finite(value)),
    keys: Int32Array.from(weights, ({ key }) => key),
    bias: Float64Array.from(biases, ({ value }) => finite(value)),
    biasKeys: Int32Array.from(biases, ({ key }) => key),
  };
}

function isSpent({ keys, budget }: Tools): boolean {
  return budget.left < 0 || keys.made() > MOST_KEYS;
}

/** Row j of `outer` as a sum of the result's operands, each element of them once. */
function writtenOut(
  outer: Affine,
  j: number,
  locate: Locate,
  tools: Tools,
): { readonly terms: ReadonlyMap<number, Weight>; readonly bias: Weight } {
  const { keys, budget } = tools;
  const terms = new Map<number, Weight>();
  const put = (source: number, weight: Weight): void => {
    const known = terms.get(source);
    terms.set(source, known === undefined ? weight : keys.sum(known, weight));
    budget.left--;
  };
  let bias: Weight = { value: at(outer.bias, j), key: at(outer.biasKeys, j) };
  for (let k = at(outer.starts, j); k < at(outer.starts, j + 1); k++) {
    if (isSpent(tools)) break; // what has been written out is given up
    const weight: Weight = { value: at(outer.weights, k), key: at(outer.keys, k) };
    const { inner, positions, element } = locate(at(outer.sources, k));
    if (inner === undefined) {
      put(at(positions, element), weight);
      continue;
    }
    for (let n = at(inner.starts, element); n < at(inner.starts, element + 1); n++) {
      const term = { value: at(inner.weights, n), key: at(inner.keys, n) };
      put(at(positions, at(inner.sources, n)), keys.product(weight, term));
    }
    const added = { value: at(inner.bias, element), key: at(inner.biasKeys, element) };
    // No bias is no parameter, whatever it is multiplied by.
    if (added.key !== STRUCTURE || added.value !== 0) bias = keys.sum(bias, keys.product(weight, added));
  }
  return { terms, bias };
}

/** The operands of a result, each once: terms of the same element become one. */
function createOperands(graph: Pick<Graph, "nodes">) {
  const list: NodeId[] = [];
  const first = new Map<NodeId, number>();
  let total = 0;
  const place = (ids: readonly NodeId[]): Int32Array => {
    const positions: number[] = [];
    for (const id of ids) {
      const size = sizeOf(node(graph, id).shape);
      const from = first.get(id) ?? total;
      if (!first.has(id)) {
        first.set(id, from);
        list.push(id);
        total += size;
      }
      for (let element = 0; element < size; element++) positions.push(from + element);
    }
    return Int32Array.from(positions);
  };
  return { list: list as readonly NodeId[], place };
}

type Locate = (position: number) => Part & { readonly element: number };

/** Which element of which operand is at a position, operands end to end. */
function locator(sizes: readonly number[], parts: readonly Part[]): Locate {
  const starts: number[] = [];
  const owners = new Int32Array(sizes.reduce((sum, size) => sum + size, 0));
  let total = 0;
  for (const [index, size] of sizes.entries()) {
    starts.push(total);
    owners.fill(index, total, total + size);
    total += size;
  }
  return (position) => {
    const owner = at(owners, position);
    return { ...at(parts, owner), element: position - at(starts, owner) };
  };
}
