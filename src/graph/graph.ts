// A model as a typed graph: a handful of operations on flat, real-valued tensors of static shape.
//
// Whatever is linear (layers, convolutions, averages, and every way of moving elements about) is one operation, `affine`:
// with constant weights it costs no constraint, so there is nothing to tell apart.

export type Shape = readonly number[];
/** Position in `Graph.nodes`. Operands come before their users. */
export type NodeId = number;

/** The structure itself, 1 of an addition or 1/9 of an average: no parameter of the model. */
export const STRUCTURE = -1;

/** y_j = bias_j + sum of weight_k * x[source_k] for k in [start_j, start_{j+1}), x the operands' elements end to end. */
export type Affine = {
  readonly kind: "affine";
  readonly operands: readonly NodeId[];
  readonly starts: Int32Array;
  readonly sources: Int32Array;
  readonly weights: Float64Array;
  /** Which parameter each weight is: equal keys are one parameter (a convolution's), STRUCTURE is none. */
  readonly keys: Int32Array;
  readonly bias: Float64Array;
  readonly biasKeys: Int32Array;
};

/** Elements of the operands, end to end, in groups: group j is sources[start_j .. start_{j+1}). */
export type Groups = { readonly starts: Int32Array; readonly sources: Int32Array };

/** At a leaf the values are added to the outputs; elsewhere `yes` is taken where x[feature] <= threshold (or <). */
export type TreeNode =
  | { readonly values: readonly { readonly output: number; readonly value: number }[] }
  | {
      readonly feature: number;
      readonly threshold: number;
      readonly comparison: "<=" | "<";
      readonly yes: TreeNode;
      readonly no: TreeNode;
    };

export type Operation =
  | { readonly kind: "input"; readonly name: string }
  | Affine
  /** max(x, 0), element by element. */
  | { readonly kind: "relu"; readonly operands: readonly [NodeId] }
  /** Element by element, of equal sizes. */
  | { readonly kind: "product"; readonly operands: readonly [NodeId, NodeId] }
  /** The largest of each group. */
  | ({ readonly kind: "maximum"; readonly operands: readonly NodeId[] } & Groups)
  /** The position within each group of its largest element, the first of equals. */
  | ({ readonly kind: "argmax"; readonly operands: readonly NodeId[] } & Groups)
  /** Element by element. Approximated by straight pieces, with a bound that is reported. */
  | { readonly kind: "curve"; readonly curve: "sigmoid" | "tanh"; readonly operands: readonly [NodeId] }
  /** base + the sum of every tree's leaf. */
  | {
      readonly kind: "trees";
      readonly operands: readonly [NodeId];
      /** In which runtimes compare: what is given is rounded to it first. Double of an input of doubles. */
      readonly precision: "single" | "double";
      readonly base: Float64Array;
      readonly trees: readonly TreeNode[];
    };

export type GraphNode = {
  /** The ONNX node that it comes from, for messages. */
  readonly name: string;
  readonly shape: Shape;
  readonly operation: Operation;
};

/** How scores become what the file has in their place. */
export type Link = "softmax" | "logSoftmax" | "sigmoid";

export type GraphOutput = {
  readonly name: string;
  readonly node: NodeId;
  /** "scores" stand where the file has probabilities: what turns them into such (Softmax, LOGISTIC) is left to the reader. */
  readonly kind: "number" | "scores" | "index";
  /** How scores become the file's own output. */
  readonly link?: Link | undefined;
  /** How many elements in a row one softmax is over. */
  readonly group?: number | undefined;
  /** The file's; the node may have the same elements in another shape. */
  readonly shape?: Shape | undefined;
  /** What the index names, or each of the scores or numbers (ZipMap), where the file says so. */
  readonly labels?: readonly string[] | undefined;
};

export type Graph = {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly NodeId[];
  readonly outputs: readonly GraphOutput[];
  /** What a reader should know: "Softmax_3: outputs are logits". */
  readonly notes: readonly string[];
};

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function node(graph: Pick<Graph, "nodes">, id: NodeId): GraphNode {
  const found = graph.nodes[id];
  if (found === undefined) throw new RangeError(`got node ${id}, want one of ${graph.nodes.length}`);
  return found;
}

export function operandsOf(operation: Operation): readonly NodeId[] {
  return operation.kind === "input" ? [] : operation.operands;
}
