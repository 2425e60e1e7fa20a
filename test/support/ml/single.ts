// One node of ai.onnx.ml on some rows: as our graph has it, and as onnxruntime does.

import * as ort from "onnxruntime-web";
import { expect } from "vitest";
import { constant, createBuilder } from "../../../src/graph/builder.ts";
import { evaluate } from "../../../src/graph/evaluate.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import type { Context, Made, Meaning } from "../../../src/graph/operator.ts";
import { ML } from "../../../src/graph/operators/ml.ts";
import type { Attribute, OnnxModel, Tensor } from "../../../src/onnx/model.ts";
import { encode } from "../onnx/encode.ts";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "fatal";

export type Single = {
  readonly operator: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** One input a width; one of two features where left out. */
  readonly widths?: readonly number[];
  /** What stands beside the first input. */
  readonly meaning?: Meaning;
  /** Constants after the inputs. */
  readonly constants?: readonly Tensor[];
  /** How many; 1 where left out. */
  readonly outputs?: number;
  readonly opset?: number;
};

/** By row and output: a label as text, or numbers. */
export type Answers = readonly (readonly (string | readonly number[])[])[];

export type Translated = { readonly graph: Graph; readonly made: readonly Made[] };

export function translate(single: Single): Translated {
  const builder = createBuilder();
  const context = contextOf(single);
  builder.at(context.node.name);
  const inputs = (single.widths ?? [2]).map((width, position): Made => {
    const value = builder.input(`x${position}`, [1, width]);
    return position === 0 ? { value, meaning: single.meaning } : { value };
  });
  const constants = (single.constants ?? []).map(
    ({ shape, data, type }): Made => ({ value: constant(shape, data), type }),
  );
  const operator = ML.get(single.operator);
  if (operator === undefined) throw new Error(`no operator ${single.operator}`);
  const made = operator({ ...context, builder, inputs: [...inputs, ...constants] });
  return { graph: builder.finish([]), made };
}

export function ours(single: Single, rows: readonly (readonly number[])[]): Answers {
  const { graph, made } = translate(single);
  return rows.map((row) => {
    const inputs = new Map<string, Float64Array>();
    let start = 0;
    for (const [position, width] of (single.widths ?? [2]).entries()) {
      inputs.set(`x${position}`, Float64Array.from(row.slice(start, start + width), Math.fround));
      start += width;
    }
    const values = evaluate(graph, inputs);
    return made.map(({ value, meaning }) => {
      const data = value.kind === "constant" ? value.data : (values[value.id] ?? new Float64Array());
      return meaning?.index === true ? (meaning.labels?.[data[0] ?? -1] ?? "none") : linked(data, meaning?.link);
    });
  });
}

export async function theirs(single: Single, rows: readonly (readonly number[])[]): Promise<Answers> {
  const widths = single.widths ?? [2];
  const session = await ort.InferenceSession.create(encode(modelOf(single)));
  const answers: (readonly (string | readonly number[])[])[] = [];
  for (const row of rows) {
    const feeds: Record<string, ort.Tensor> = {};
    let start = 0;
    for (const [position, width] of widths.entries()) {
      const data = Float32Array.from(row.slice(start, start + width));
      feeds[`x${position}`] = new ort.Tensor("float32", data, [1, width]);
      start += width;
    }
    const results = await session.run(feeds);
    answers.push(
      session.outputNames.map((name) => {
        const { data, type } = results[name] as ort.Tensor; // asked for by the session's own name
        if (type === "float32") return Array.from(data as Float32Array);
        return String((data as BigInt64Array | string[])[0]);
      }),
    );
  }
  await session.release();
  return answers;
}

/** The same labels in every row, and the same numbers but for their rounding to float32. */
export async function expectSame(single: Single, rows: readonly (readonly number[])[]): Promise<void> {
  const [got, want] = [ours(single, rows), await theirs(single, rows)];
  expect(got.length).toBe(want.length);
  want.forEach((row, position) => {
    row.forEach((output, k) => {
      const where = `${single.operator}, row [${rows[position]}], output ${k}`;
      const mine = got[position]?.[k];
      if (typeof output === "string" || mine === undefined || typeof mine === "string") {
        expect(mine, where).toBe(output);
        return;
      }
      expect(mine.length, where).toBe(output.length);
      output.forEach((number, j) => {
        expect(Math.abs((mine[j] ?? Number.NaN) - number), `${where}: ${mine} for ${output}`).toBeLessThan(1e-5);
      });
    });
  });
}

/** What the reader makes of scores. */
export function linked(scores: Float64Array, link: Meaning["link"]): readonly number[] {
  if (link === undefined) return Array.from(scores);
  if (link === "logSoftmax") throw new TypeError("no operator of ai.onnx.ml makes one");
  if (link === "sigmoid") return Array.from(scores, (score) => 1 / (1 + Math.exp(-score)));
  const largest = Math.max(...scores);
  const powers = Array.from(scores, (score) => Math.exp(score - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function modelOf(single: Single): OnnxModel {
  const { node, opset } = contextOf(single);
  return {
    producer: "test",
    opsets: new Map([
      ["", 21],
      ["ai.onnx.ml", opset],
    ]),
    nodes: [node],
    inputs: (single.widths ?? [2]).map((width, position) => ({
      name: `x${position}`,
      type: "float",
      shape: [1, width],
    })),
    initializers: new Map((single.constants ?? []).map((tensor, position) => [`c${position}`, tensor])),
    outputs: node.outputs.map((name) => ({ name, type: undefined, shape: undefined })),
  };
}

function contextOf(single: Single): Pick<Context, "node" | "opset"> {
  const names = [
    ...(single.widths ?? [2]).map((_, position) => `x${position}`),
    ...(single.constants ?? []).map((_, position) => `c${position}`),
  ];
  return {
    opset: single.opset ?? 3,
    node: {
      name: "under test",
      operator: single.operator,
      domain: "ai.onnx.ml",
      inputs: names,
      outputs: Array.from({ length: single.outputs ?? 1 }, (_, position) => `y${position}`),
      attributes: new Map(Object.entries(single.attributes)),
    },
  };
}
