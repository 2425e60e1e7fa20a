// Trees over integers: each comparison with a real threshold becomes one with an integer, and each feature gets its row of
// indicators.

import type { Operation, TreeNode } from "../graph/graph.ts";
import { at } from "../lib/element.ts";
import type { Lowering, Scaled } from "./lowering.ts";
import type { StepId } from "./program.ts";

/** [feature >= its thresholds[index]]: where it stands, and what it is an indicator of. */
export type Indicator = { readonly step: StepId; readonly element: number; readonly feature: number };

/** Values in integers at the leaves; elsewhere `above` is taken where the indicator is 1. */
export type CellTree =
  | { readonly kind: "leaf"; readonly values: readonly number[] }
  | { readonly kind: "branch"; readonly indicator: number; readonly below: CellTree; readonly above: CellTree };

export type Cells = {
  /** By number; those of a feature stand in a row, thresholds rising. */
  readonly indicators: readonly Indicator[];
  /** The tree without branches that no integer reaches. Leaves are rounded to `unit`. */
  readonly translate: (tree: TreeNode, outputs: number, unit: number) => CellTree;
};

type Ensemble = Extract<Operation, { kind: "trees" }>;

/** Makes the rows of indicators of every feature that these trees compare. */
export function cellsOf(
  lowering: Lowering,
  name: string,
  { trees, precision }: Pick<Ensemble, "trees" | "precision">,
  operand: Scaled,
): Cells {
  const { assembler } = lowering;
  const compared = precision === "single" ? Math.fround : (real: number): number => real;
  const { bounds } = at(assembler.steps, operand.step);
  const limits = (feature: number) => ({ low: at(bounds.low, feature), high: at(bounds.high, feature) });
  const cut = (branch: Branch): number => firstAbove(branch, { operand, compared }, limits(branch.feature));

  const cuts = new Map<number, Set<number>>();
  for (const branch of trees.flatMap(branchesOf)) {
    const { low, high } = limits(branch.feature);
    const threshold = cut(branch);
    if (threshold > low && threshold <= high) {
      cuts.set(branch.feature, (cuts.get(branch.feature) ?? new Set()).add(threshold));
    }
  }
  const indicators: Indicator[] = [];
  const numbers = new Map<string, number>();
  for (const [feature, found] of [...cuts].sort(([a], [b]) => a - b)) {
    const thresholds = Float64Array.from(found).sort();
    const step = assembler.add(name, thresholds.length, {
      kind: "thresholds",
      source: operand.step,
      element: feature,
      thresholds,
    });
    for (const [element, threshold] of thresholds.entries()) {
      numbers.set(`${feature}:${threshold}`, indicators.push({ step, element, feature }) - 1);
    }
  }

  /** `range`: the integers that reach this node, by feature. */
  function translated(node: TreeNode, leaf: Leaf, range: ReadonlyMap<number, Range>): CellTree {
    if ("values" in node) return { kind: "leaf", values: leaf(node) };
    const { low, high } = range.get(node.feature) ?? limits(node.feature);
    const threshold = cut(node);
    if (threshold <= low) return translated(node.no, leaf, range);
    if (threshold > high) return translated(node.yes, leaf, range);
    const indicator = numbers.get(`${node.feature}:${threshold}`);
    if (indicator === undefined) throw new TypeError(`no indicator for feature ${node.feature} at ${threshold}`);
    return {
      kind: "branch",
      indicator,
      below: translated(node.yes, leaf, new Map(range).set(node.feature, { low, high: threshold - 1 })),
      above: translated(node.no, leaf, new Map(range).set(node.feature, { low: threshold, high })),
    };
  }

  return {
    indicators,
    translate: (tree, outputs, unit) => translated(tree, (node) => rounded(node, outputs, unit), new Map()),
  };
}

type Range = { readonly low: number; readonly high: number };
type Branch = Extract<TreeNode, { feature: number }>;
type Leaf = (node: Extract<TreeNode, { values: unknown }>) => readonly number[];

/** The operand, and how runtimes round what they compare. */
type Compared = { readonly operand: Scaled; readonly compared: (real: number) => number };

/**
 * The least integer that does not take `yes`, in [low, high + 1]: found by halving, the comparison is monotone. It is of the
 * real value that the integer stands for.
 */
function firstAbove(
  { feature, threshold, comparison }: Branch,
  { operand, compared }: Compared,
  { low, high }: Range,
): number {
  const unit = at(operand.unit, feature);
  const offset = operand.offset === undefined ? 0 : at(operand.offset, feature);
  const takesYes = (integer: number): boolean => {
    const real = compared(offset + unit * integer);
    return comparison === "<" ? real < threshold : real <= threshold;
  };
  let [from, to] = [low, high + 1];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (takesYes(middle)) from = middle + 1;
    else to = middle;
  }
  return from;
}

function branchesOf(tree: TreeNode): readonly Branch[] {
  const found: Branch[] = [];
  const open: TreeNode[] = [tree];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if ("values" in next) continue;
    found.push(next);
    open.push(next.yes, next.no);
  }
  return found;
}

function rounded({ values }: Extract<TreeNode, { values: unknown }>, outputs: number, unit: number): readonly number[] {
  const list = new Array<number>(outputs).fill(0);
  for (const { output, value } of values) list[output] = at(list, output) + value;
  return list.map((value) => Math.round(value / unit));
}
