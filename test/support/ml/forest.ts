// Ensembles for tests: a split of one feature, and random ones.

import type { Attribute } from "../../../src/onnx/model.ts";
import type { Random } from "../circuits/random.ts";
import { floats, ints, texts } from "./attribute.ts";

export type Attributes = Readonly<Record<string, Attribute>>;

/** What a leaf adds to an output: [output, node, weight]. */
export type Weight = readonly [output: number, node: number, weight: number];

/** The first feature against 0.5: leaf 1 where it is so, otherwise leaf 2. */
export function stump(mode = "BRANCH_LEQ"): Attributes {
  return {
    nodes_treeids: ints(0, 0, 0),
    nodes_nodeids: ints(0, 1, 2),
    nodes_featureids: ints(0, 0, 0),
    nodes_modes: texts(mode, "LEAF", "LEAF"),
    nodes_values: floats(0.5, 0, 0),
    nodes_truenodeids: ints(1, 0, 0),
    nodes_falsenodeids: ints(2, 0, 0),
  };
}

/** Of tree 0. */
export function leaves(prefix: "class" | "target", ...weights: readonly Weight[]): Attributes {
  return {
    [`${prefix}_ids`]: ints(...weights.map(([output]) => output)),
    [`${prefix}_nodeids`]: ints(...weights.map(([, node]) => node)),
    [`${prefix}_treeids`]: ints(...weights.map(() => 0)),
    [`${prefix}_weights`]: floats(...weights.map(([, , weight]) => weight)),
  };
}

export type Wish = {
  readonly prefix: "class" | "target";
  readonly trees: number;
  readonly depth: number;
  readonly width: number;
  readonly modes: readonly string[];
  /** Those that every leaf has a weight for. */
  readonly outputs: readonly number[];
};

/** A number of which few are: rows hit thresholds exactly, sums are exact, and classes tie. */
export function gridNumber(random: Random): number {
  return (random.below(9) - 4) / 4;
}

export function randomForest(random: Random, wish: Wish): Attributes {
  const nodes: Grown[] = [];
  for (let tree = 0; tree < wish.trees; tree++) nodes.push(...grown(random, wish, tree));
  const weights = nodes
    .filter(({ mode }) => mode === "LEAF")
    .flatMap(({ tree, id }) => wish.outputs.map((output) => ({ tree, id, output, weight: gridNumber(random) })));
  return {
    nodes_treeids: ints(...nodes.map(({ tree }) => tree)),
    nodes_nodeids: ints(...nodes.map(({ id }) => id)),
    nodes_featureids: ints(...nodes.map(({ feature }) => feature)),
    nodes_modes: texts(...nodes.map(({ mode }) => mode)),
    nodes_values: floats(...nodes.map(({ threshold }) => threshold)),
    nodes_truenodeids: ints(...nodes.map(({ yes }) => yes)),
    nodes_falsenodeids: ints(...nodes.map(({ no }) => no)),
    [`${wish.prefix}_ids`]: ints(...weights.map(({ output }) => output)),
    [`${wish.prefix}_nodeids`]: ints(...weights.map(({ id }) => id)),
    [`${wish.prefix}_treeids`]: ints(...weights.map(({ tree }) => tree)),
    [`${wish.prefix}_weights`]: floats(...weights.map(({ weight }) => weight)),
  };
}

type Grown = {
  readonly tree: number;
  readonly id: number;
  readonly mode: string;
  readonly feature: number;
  readonly threshold: number;
  readonly yes: number;
  readonly no: number;
};

function grown(random: Random, { depth, width, modes }: Wish, tree: number): readonly Grown[] {
  const nodes: Grown[] = [];
  const pending = [{ id: 0, level: 0 }];
  let next = 1;
  for (let node = pending.shift(); node !== undefined; node = pending.shift()) {
    const { id, level } = node;
    if (level >= depth || (level > 0 && random.oneIn(5))) {
      nodes.push({ tree, id, mode: "LEAF", feature: 0, threshold: 0, yes: 0, no: 0 });
      continue;
    }
    const mode = random.pick(modes);
    const [yes, no] = [next++, next++];
    nodes.push({ tree, id, mode, feature: random.below(width), threshold: gridNumber(random), yes, no });
    // What is not equal has to be a leaf.
    pending.push({ id: yes, level: mode === "BRANCH_NEQ" ? depth : level + 1 });
    pending.push({ id: no, level: mode === "BRANCH_EQ" ? depth : level + 1 });
  }
  return nodes;
}
