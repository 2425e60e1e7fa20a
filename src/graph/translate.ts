// The nodes of a file, one after the other, into a graph under construction.

import { AssayError } from "../lib/errors.ts";
import { printable } from "../lib/printable.ts";
import type { OnnxModel, OnnxNode, Tensor, ValueInfo } from "../onnx/model.ts";
import { type Builder, createBuilder, type Value } from "./builder.ts";
import { evaluate } from "./evaluate.ts";
import { type Budget, checkSize, costOf, LIMITS, spend } from "./limits.ts";
import { badShape, type Context, type Made, refused } from "./operator.ts";
import { WITHOUT_HALF } from "./operators/casting.ts";
import { typeOf } from "./operators/operands.ts";
import { operatorOf } from "./operators.ts";
import { inType } from "./typedConstant.ts";

export type Translation = {
  readonly builder: Builder;
  /** Throws for a name that no input, initializer or translated node has. */
  readonly value: (name: string) => Made;
  /** Undefined for such a name. */
  readonly made: (name: string) => Made | undefined;
  readonly input: (info: ValueInfo) => void;
  readonly node: (node: OnnxNode) => void;
  /** How many parameters there are so far. */
  readonly parameters: () => number;
  /** What has failed took time too: whoever goes on after it pays for it. */
  readonly failed: () => void;
};

/** ai.onnx before had other broadcasting and other defaults; what comes after is not known. */
const OPSETS: Readonly<Record<string, { readonly first: number; readonly last: number }>> = {
  "": { first: 7, last: 28 },
  "ai.onnx.ml": { first: 1, last: 5 },
};

export function createTranslation(model: OnnxModel): Translation {
  const budget: Budget = { left: LIMITS.total };
  const builder = createBuilder(budget);
  const values = new Map<string, Made>();
  for (const [name, tensor] of model.initializers) values.set(name, initializer(tensor));

  function value(name: string): Made {
    const found = values.get(name);
    if (found !== undefined) return found;
    const maker = model.nodes.find(({ outputs }) => outputs.includes(name));
    if (maker !== undefined) throw refused({ node: maker }, `its output ${printable(name)}`);
    throw new AssayError(
      "model.name",
      `got ${printable(name)}, want the name of an input, an initializer or a node's output`,
      {
        disposition: "reject",
      },
    );
  }

  return {
    builder,
    value,
    made: (name) => values.get(name),
    parameters: () => builder.keys(0),
    failed: () => {
      budget.left -= LIMITS.total / 64;
    },
    input: (info) => {
      builder.at(info.name);
      values.set(info.name, { value: builder.input(info.name, inputShape(info)), type: info.type });
      if (info.type === "float16") builder.note(WITHOUT_HALF);
    },
    node: (node) => {
      spend(budget, 1);
      builder.at(node.name);
      const inputs = node.inputs.map((name) => (name === "" ? undefined : value(name)));
      const results = translated({ builder, node, inputs, opset: opsetOf(model, node) }, budget);
      for (const [i, name] of node.outputs.entries()) {
        const result = results[i];
        if (name === "" || result === undefined) continue;
        const { kind, shape } = result.value;
        if (kind === "node" && shape.includes(0)) throw badShape({ node }, `its output of shape [${shape}] is empty`);
        values.set(name, result);
      }
    },
  };
}

/** What is computed of constants alone is a constant: in a graph of its own, which is evaluated. */
function translated(context: Context, budget: Budget): readonly Made[] {
  const operator = operatorOf(context.node);
  if (operator === undefined) throw refused(context, "there is no such operator here");
  if (context.inputs.some((input) => input?.value.kind === "node")) return operator(context);
  const builder = createBuilder(budget);
  const results = operator({ ...context, builder });
  const nodes = evaluate(builder.finish([]), new Map());
  return results.map((made) => {
    const value = known(made.value, nodes);
    spend(budget, costOf(value.shape));
    return { ...made, value: { ...value, data: inType(context, value.data, typeOf(made)) } };
  });
}

function known(value: Value, nodes: readonly Float64Array[]): Extract<Value, { kind: "constant" }> {
  if (value.kind === "constant") return value;
  return { kind: "constant", shape: value.shape, data: nodes[value.id] ?? new Float64Array(0) };
}

function initializer({ type, shape, data }: Tensor): Made {
  if (data.length === 0) checkSize(shape);
  return { value: { kind: "constant", shape, data }, type };
}

function opsetOf({ opsets }: OnnxModel, node: OnnxNode): number {
  const standard = node.domain === "" || node.domain === "ai.onnx";
  const opset = opsets.get(node.domain) ?? (standard ? (opsets.get("") ?? opsets.get("ai.onnx")) : undefined);
  if (opset === undefined)
    throw refused({ node }, `the file names no opset of ${standard ? "ai.onnx" : printable(node.domain)}`);
  const known = OPSETS[standard ? "" : node.domain];
  if (known !== undefined && (opset < known.first || opset > known.last)) {
    throw refused({ node }, `opset ${opset}, want ${known.first} to ${known.last}`);
  }
  return opset;
}

/** The first dimension is the batch: 1 where it is left open. */
function inputShape({ name, type, shape }: ValueInfo): readonly number[] {
  if (type === undefined || type === "string" || shape === undefined) {
    throw badInput(
      name,
      shape === undefined ? "no shape" : `elements of type ${type ?? "none"}`,
      "numbers of a known shape",
    );
  }
  return shape.map((length, axis) => {
    if (length !== undefined && length >= 1) return length;
    if (length === undefined && axis === 0) return 1;
    throw badInput(name, `${length === undefined ? "an open" : "an empty"} dimension at axis ${axis}`, "a fixed one");
  });
}

function badInput(name: string, got: string, want: string): AssayError {
  return new AssayError("model.shape", `got the input ${printable(name)} with ${got}, want ${want}`, {
    disposition: "reject",
    data: { input: name },
  });
}
