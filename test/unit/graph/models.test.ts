import { readdirSync, readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { evaluate } from "../../../src/graph/evaluate.ts";
import { sizeOf } from "../../../src/graph/graph.ts";
import type { OnnxModel } from "../../../src/onnx/model.ts";
import { read } from "../../../src/onnx/read.ts";
import { createRuntime } from "../../../src/onnx/runtime.ts";
import { linked } from "../../support/ml/single.ts";

const MODELS = new URL("../../models/", import.meta.url);
const TOLERANCE = 1e-4;

/** Of these only the label is had: the scores are what is not supported. */
const LABEL_ONLY: ReadonlyMap<string, readonly [output: string, reason: string]> = new Map([
  ["wine-logistic-minmax", ["output_label", "Slice"]],
  ["wine-svc", ["output_label", "Less"]],
]);
/** These not at all. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["diabetes-xgboost-poisson", "Exp"],
  ["wine-logistic-l2", "norm L2"],
]);

const models = readdirSync(MODELS)
  .filter((file) => file.endsWith(".onnx"))
  .map((file) => {
    const bytes = readFileSync(new URL(file, MODELS));
    return { name: file.replace(".onnx", ""), bytes, model: read(bytes) };
  });

describe("every exported model", () => {
  it("is among many", () => expect(models.length).toBeGreaterThan(35));

  it.each(models.filter(({ name }) => !REFUSED.has(name)))(
    "$name: labels as onnxruntime's on every row, and scores but for their rounding",
    async ({ name, bytes, model }) => {
      const only = LABEL_ONLY.get(name)?.[0];
      const graph = build(model, { outputs: only === undefined ? undefined : [only] });
      const runtime = await createRuntime(bytes);
      for (const row of rowsOf(name, model)) {
        const theirs = await runtime.run(Object.fromEntries(row));
        const values = evaluate(graph, new Map(row.map(([input, { data }]) => [input, data])));
        for (const output of graph.outputs) {
          const { data, strings } = theirs[output.name] ?? { data: [], strings: [] };
          const own = values[output.node] ?? new Float64Array();
          const where = `${output.name} of [${row.map(([, { data }]) => data)}]`;
          if (output.kind === "index") {
            expect(output.labels?.[own[0] ?? -1] ?? String(own[0]), where).toBe(strings[0] ?? String(data[0]));
          } else {
            expectClose(linked(own, output.link), data, where);
          }
        }
      }
      await runtime.close();
    },
  );

  it.each([...REFUSED, ...[...LABEL_ONLY].map(([name, [, reason]]) => [name, reason] as const)])(
    "%s is refused for %s where it is asked for all it gives",
    (name, reason) => {
      const found = models.find((each) => each.name === name);
      expect(() => build(found?.model as OnnxModel)).toThrow(reason);
    },
  );
});

describe("what an exported model gives", () => {
  const outputsOf = (name: string) => {
    const { outputs } = build(models.find((each) => each.name === name)?.model as OnnxModel);
    return outputs.map(({ kind, link, labels }) => ({ kind, link, labels }));
  };

  it("is a label and logits for boosted trees, whose map's labels stand beside them", () => {
    expect(outputsOf("iris-boosting")).toEqual([
      { kind: "index", link: undefined, labels: ["0", "1", "2"] },
      { kind: "scores", link: "softmax", labels: ["0", "1", "2"] },
    ]);
  });

  it("is a label by name and plain probabilities for a decision tree", () => {
    expect(outputsOf("wine-tree-named")).toEqual([
      { kind: "index", link: undefined, labels: ["barbera", "barolo", "grignolino"] },
      { kind: "number", link: undefined, labels: undefined },
    ]);
  });

  it("is a number for a regressor", () => {
    expect(outputsOf("diabetes-forest")).toEqual([{ kind: "number", link: undefined, labels: undefined }]);
  });
});

type Row = readonly (readonly [string, { readonly shape: readonly number[]; readonly data: Float64Array }])[];

function rowsOf(name: string, model: OnnxModel): readonly Row[] {
  const [, ...lines] = parse(readFileSync(new URL(`${name}.csv`, MODELS), "utf8")) as string[][]; // no options, no records
  return lines.map((line) => {
    let start = 0;
    return model.inputs.map((input) => {
      const shape = (input.shape ?? []).map((length) => length ?? 1);
      const end = start + sizeOf(shape);
      const data = Float64Array.from(line.slice(start, end), (text) => Math.fround(Number(text)));
      start = end;
      return [input.name, { shape, data }] as const;
    });
  });
}

function expectClose(got: readonly number[], want: readonly number[], where: string): void {
  expect(got.length, where).toBe(want.length);
  want.forEach((number, j) => {
    const distance = Math.abs((got[j] ?? Number.NaN) - number) / Math.max(1, Math.abs(number));
    if (!(distance <= TOLERANCE)) expect.fail(`${where}: got ${got}, want ${want}`);
  });
}
