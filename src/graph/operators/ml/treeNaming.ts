// Which outputs an ensemble's leaves name: onnxruntime tells a score of 0 from no score at all.

import type { TreeNode } from "../../graph.ts";

export type Named = "always" | "sometimes" | "never";

export type Naming = {
  /** By output: "always" where there is a tree all of whose leaves name it. */
  readonly outputs: readonly Named[];
  /** Whether there is a tree all of whose leaves have a value above 0. */
  readonly someIsPositive: boolean;
};

export function naming(trees: readonly TreeNode[], count: number): Naming {
  const outputs = new Array<Named>(count).fill("never");
  let someIsPositive = false;
  for (const tree of trees) {
    const counts = new Map<number, number>();
    let leaves = 0;
    let positive = 0;
    for (const values of leavesOf(tree)) {
      leaves++;
      if (values.some(({ value }) => value > 0)) positive++;
      for (const { output } of values) counts.set(output, (counts.get(output) ?? 0) + 1);
    }
    for (const [output, named] of counts) {
      if (outputs[output] !== "always") outputs[output] = named === leaves ? "always" : "sometimes";
    }
    someIsPositive ||= positive === leaves;
  }
  return { outputs, someIsPositive };
}

function* leavesOf(tree: TreeNode): Generator<Extract<TreeNode, { values: unknown }>["values"]> {
  const stack = [tree];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if ("values" in next) yield next.values;
    else stack.push(next.no, next.yes);
  }
}
