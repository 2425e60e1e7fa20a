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

  const cells = cellsOf(lowering, name, trees, operand);
  const polynomials = createPolynomials(lowering, name, cells.indicators);
  const sums = Array.from(base, (value) => polynomials.constant(Math.round(value / unit)));
  // A tree's value is one of its leaves, which interval arithmetic on its products would not see.
  const low = Float64Array.from(sums, ({ constant }) => constant);
  const high = Float64Array.from(low);
  for (const tree of trees) {
    const cellTree = cells.translate(tree, base.length, unit);
    const values = polynomials.cheapest([
      (algebra) => byBranches(algebra, cellTree),
      (algebra) => byLeaves(algebra, cellTree, base.length),
    ]);
    for (const [output, value] of values.entries()) {
      const leaves = leavesOf(cellTree).map((leaf) => at(leaf, output));
      sums[output] = polynomials.add(at(sums, output), value);
      low[output] = at(low, output) + Math.min(...leaves);
      high[output] = at(high, output) + Math.max(...leaves);
    }
  }
  return { step: polynomials.materialise(sums, { low, high }), unit: new Float64Array(base.length).fill(unit) };
}

/** From the leaves up: below + indicator * (above - below), for each output. Branches on one feature alone cost nothing. */
function byBranches(algebra: Algebra, tree: CellTree): readonly Polynomial[] {
  if (tree.kind === "leaf") return tree.values.map(algebra.constant);
  const below = byBranches(algebra, tree.below);
  const above = byBranches(algebra, tree.above);
  return below.map((value, output) => {
    const difference = algebra.add(at(above, output), algebra.scale(value, -1));
    return algebra.add(value, algebra.multiply(algebra.indicator(tree.indicator), difference));
  });
}

/** From the root down: the indicator of reaching each leaf, shared by all outputs. */
function byLeaves(algebra: Algebra, tree: CellTree, outputs: number): readonly Polynomial[] {
  let sums: readonly Polynomial[] = Array.from({ length: outputs }, () => algebra.constant(0));
  const visit = (node: CellTree, reached: Polynomial): void => {
    if (node.kind === "leaf") {
      sums = sums.map((sum, output) => algebra.add(sum, algebra.scale(reached, at(node.values, output))));
      return;
    }
    const above = algebra.multiply(reached, algebra.indicator(node.indicator));
    visit(node.below, algebra.add(reached, algebra.scale(above, -1)));
    visit(node.above, above);
  };
  visit(tree, algebra.constant(1));
  return sums;
}

function leavesOf(tree: CellTree): readonly (readonly number[])[] {
  return tree.kind === "leaf" ? [tree.values] : [...leavesOf(tree.below), ...leavesOf(tree.above)];
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
