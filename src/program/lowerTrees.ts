// Tree ensembles in integers: one monotone row of indicators for all thresholds of a feature, and a product for each branch
// that cannot be had from sums of them.

import type { Operation, TreeNode } from "../graph/graph.ts";
import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { type CellTree, cellsOf } from "./cells.ts";
import { finest, type Lowering, type Scaled } from "./lowering.ts";
import { type Algebra, createPolynomials, type Polynomial } from "./polynomials.ts";

type Ensemble = Extract<Operation, { kind: "trees" }>;

/** Of the greatest leaf, sign included. Leaves are constants, so their width costs next to nothing. */
const LEAF_BITS = 16;

/** Throws `model.parameters` where parameters are to be private: a tree's structure is its circuit. */
export function lowerTrees(lowering: Lowering, name: string, ensemble: Ensemble, operand: Scaled): Scaled {
  if (lowering.table !== undefined) throw fixedOnly(name);
  const { base, trees } = ensemble;
  // Points, votes and the like stay exact, and with them which of two sums is the larger.
  const unit = finest(trees.flatMap(leafValues), base, LEAF_BITS);

  const cells = cellsOf(lowering, name, ensemble, operand);
  const polynomials = createPolynomials(lowering, name, cells.indicators);
  const parts = Array.from(base, (value) => [polynomials.constant(Math.round(value / unit))]);
  // A tree's value is one of its leaves, which interval arithmetic on its products would not see.
  const low = Float64Array.from(base, (value) => Math.round(value / unit));
  const high = Float64Array.from(low);
  for (const tree of trees) {
    const cellTree = cells.translate(tree, base.length, unit);
    const values = polynomials.cheapest([
      (algebra) => byBranches(algebra, cellTree),
      (algebra) => byLeaves(algebra, cellTree, base.length),
    ]);
    const leaves = leavesOf(cellTree);
    for (const [output, value] of values.entries()) {
      at(parts, output).push(value);
      low[output] = at(low, output) + least(leaves, output);
      high[output] = at(high, output) + most(leaves, output);
    }
  }
  const sums = parts.map((list) => polynomials.sum(list.map((one) => [one, 1])));
  return { step: polynomials.materialise(sums, { low, high }), unit: new Float64Array(base.length).fill(unit) };
}

/** From the leaves up: below + indicator * (above - below), for each output. Branches on one feature alone cost nothing. */
function byBranches(algebra: Algebra, tree: CellTree): readonly Polynomial[] {
  if (tree.kind === "leaf") return tree.values.map(algebra.constant);
  const below = byBranches(algebra, tree.below);
  const above = byBranches(algebra, tree.above);
  return below.map((value, output) => {
    const difference = algebra.sum([
      [at(above, output), 1],
      [value, -1],
    ]);
    return algebra.sum([
      [value, 1],
      [algebra.multiply(algebra.indicator(tree.indicator), difference), 1],
    ]);
  });
}

/** From the root down: the indicator of reaching each leaf, shared by all outputs. */
function byLeaves(algebra: Algebra, tree: CellTree, outputs: number): readonly Polynomial[] {
  const leaves: { readonly reached: Polynomial; readonly values: readonly number[] }[] = [];
  const visit = (node: CellTree, reached: Polynomial): void => {
    if (node.kind === "leaf") {
      leaves.push({ reached, values: node.values });
      return;
    }
    const above = algebra.multiply(reached, algebra.indicator(node.indicator));
    const below = algebra.sum([
      [reached, 1],
      [above, -1],
    ]);
    visit(node.below, below);
    visit(node.above, above);
  };
  visit(tree, algebra.constant(1));
  return Array.from({ length: outputs }, (_, output) =>
    algebra.sum(leaves.map(({ reached, values }) => [reached, at(values, output)])),
  );
}

function leavesOf(tree: CellTree): readonly (readonly number[])[] {
  return tree.kind === "leaf" ? [tree.values] : [...leavesOf(tree.below), ...leavesOf(tree.above)];
}

function least(leaves: readonly (readonly number[])[], output: number): number {
  return leaves.reduce((found, leaf) => Math.min(found, at(leaf, output)), Number.POSITIVE_INFINITY);
}

function most(leaves: readonly (readonly number[])[], output: number): number {
  return leaves.reduce((found, leaf) => Math.max(found, at(leaf, output)), Number.NEGATIVE_INFINITY);
}

function leafValues(tree: TreeNode): readonly number[] {
  if ("values" in tree) return tree.values.map(({ value }) => value);
  return [...leafValues(tree.yes), ...leafValues(tree.no)];
}

function fixedOnly(name: string): AssayError {
  return new AssayError(
    "model.parameters",
    `got trees in ${name} and private parameters, want fixed ones: the circuit is made of the thresholds`,
    { disposition: "reject", data: { layer: name } },
  );
}
