// Trees out of a table of nodes: every child there, one parent each, no cycle, of bounded depth.

import { at } from "../../../lib/element.ts";
import { printable } from "../../../lib/printable.ts";
import type { TreeNode } from "../../graph.ts";
import { type Context, refused } from "../../operator.ts";

export type LeafValue = { readonly output: number; readonly value: number };

/** A row of the table. Children are rows. */
export type Row =
  | { readonly values: readonly LeafValue[] }
  | {
      readonly feature: number;
      readonly threshold: number;
      readonly mode: string;
      readonly yes: number;
      readonly no: number;
    };

export type Table = { readonly rows: readonly Row[]; readonly roots: readonly number[] };

/** Beyond these no circuit could be compiled, and whoever walks a tree may do it recursively. */
export const TREE_LIMITS = { nodes: 100_000, depth: 64 } as const;

export function grow(context: Context, { rows, roots }: Table): readonly TreeNode[] {
  if (rows.length > TREE_LIMITS.nodes) {
    throw refused(context, `${rows.length} nodes, want at most ${TREE_LIMITS.nodes}`);
  }
  const seen = new Uint8Array(rows.length);
  const trees = roots.map((root) => {
    const order = reachable(context, rows, root, seen);
    const made = new Map<number, TreeNode>();
    // Children come after their parents, so backwards they are there when they are asked for.
    for (let k = order.length - 1; k >= 0; k--) {
      const id = at(order, k);
      made.set(id, nodeOf(context, rowAt(rows, id), made));
    }
    return made.get(root) as TreeNode; // the root is the first in order
  });
  const lost = seen.indexOf(0);
  if (lost >= 0)
    throw refused(context, `its node at position ${lost} is in no tree: a tree has one root, its first node`);
  return trees;
}

/** The rows under a root, parents first. */
function reachable(context: Context, rows: readonly Row[], root: number, seen: Uint8Array): readonly number[] {
  const order: number[] = [];
  const stack = [{ id: root, depth: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { id, depth } = next;
    const row = rowAt(rows, id);
    if (seen[id] !== 0) throw refused(context, `its node at position ${id} has two parents or is its own ancestor`);
    if (depth > TREE_LIMITS.depth) throw refused(context, `a tree deeper than ${TREE_LIMITS.depth}`);
    seen[id] = 1;
    order.push(id);
    if ("values" in row) continue;
    const below = depth + (isEquality(row.mode) ? 2 : 1);
    stack.push({ id: row.no, depth: below }, { id: row.yes, depth: below });
  }
  return order;
}

/** Comparisons become <= and <; what is greater takes the other child. */
function nodeOf(context: Context, row: Row, made: ReadonlyMap<number, TreeNode>): TreeNode {
  if ("values" in row) return { values: row.values };
  const { feature, threshold, mode } = row;
  // Both were put there before their parent.
  const yes = made.get(row.yes) as TreeNode;
  const no = made.get(row.no) as TreeNode;
  const split = (comparison: "<=" | "<", then: TreeNode, otherwise: TreeNode): TreeNode => ({
    feature,
    threshold,
    comparison,
    yes: then,
    no: otherwise,
  });
  /** At most and not below; what is taken otherwise stands twice. */
  const equal = (then: TreeNode, otherwise: TreeNode): TreeNode => {
    if (!("values" in otherwise)) throw refused(context, `${mode} whose other side is no leaf`);
    return split("<=", split("<", otherwise, then), otherwise);
  };
  switch (mode) {
    case "BRANCH_LEQ":
      return split("<=", yes, no);
    case "BRANCH_LT":
      return split("<", yes, no);
    case "BRANCH_GT":
      return split("<=", no, yes);
    case "BRANCH_GTE":
      return split("<", no, yes);
    case "BRANCH_EQ":
      return equal(yes, no);
    case "BRANCH_NEQ":
      return equal(no, yes);
    default:
      throw refused(context, `the node mode ${printable(mode)}`);
  }
}

function isEquality(mode: string): boolean {
  return mode === "BRANCH_EQ" || mode === "BRANCH_NEQ";
}

function rowAt(rows: readonly Row[], id: number): Row {
  const found = rows[id];
  if (found === undefined) throw new RangeError(`got row ${id}, want one of ${rows.length}`);
  return found;
}
