import { readFileSync } from "node:fs";
import { keccak256, toUtf8Bytes } from "ethers";
import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import type { TreeNode } from "../../../src/graph/graph.ts";
import {
  type CompiledModel,
  compile,
  compileGraph,
  graphOf,
  integerModelOf,
  MOST_CONSTRAINTS,
} from "../../../src/inference/compiledModel.ts";
import { modelOf, NO_SALTS } from "../../../src/inference/inference.ts";
import * as ModelJob from "../../../src/inference/modelJob.ts";
import { stringify } from "../../../src/job/canonical.ts";
import { low248, parse } from "../../../src/lib/field.ts";
import { read } from "../../../src/onnx/read.ts";
import { hand, type InputSettings, jobOf, type Settings } from "../../support/inference/graphs.ts";
import { convolution, type Specimen } from "../../support/inference/specimens.ts";
import { IRIS } from "../../support/irisModel.ts";
import { encode } from "../../support/onnx/encode.ts";
import { floatTensor } from "../../support/onnx/literals.ts";

const X: InputSettings = { visibility: "private", bits: [4] };

/** A layer of two scores. */
function layer(weights: readonly (readonly number[])[], input: Partial<InputSettings> = {}, settings: Settings = {}) {
  const h = hand();
  const graph = h.finish([h.dense(h.input("x", 2), weights, [0.5, -0.25])]);
  return compileGraph(graph, jobOf({ x: { ...X, ...input } }, settings));
}
const WEIGHTS = [
  [1, -0.37],
  [0.21, 0.75],
];
const fixed = layer(WEIGHTS);

const job = (more: Record<string, unknown> = {}) =>
  ModelJob.parse(
    {
      ...{ version: 1, model: "x.onnx" },
      inputs: { input: { visibility: "private", bits: [7], minimum: [0], unit: [0.1] } },
      ...more,
    },
    "job.json",
  );
const iris = readFileSync(IRIS);

const of = ({ identity, model, circuit, entry }: CompiledModel) => ({ identity, model, circuit, entry });

describe("the identity of a model of fixed parameters", () => {
  it("is the same each time, and its circuit is called after its own text", () => {
    expect(of(layer(WEIGHTS))).toEqual(of(fixed));
    expect(fixed.circuit).toBe(`model-${keccak256(toUtf8Bytes(fixed.entry)).slice(2, 22)}`);
    expect(fixed.entry).toContain(String(fixed.model));
    expect(fixed.parameters).toEqual({ weights: [], biases: [] });
  });

  it("is the low 248 bits of the hash of its program and of who sees what, in canonical JSON, without what is for people", () => {
    const listed = (_key: string, value: unknown) =>
      value instanceof Float64Array || value instanceof Int32Array ? [...value] : value;
    for (const { program, layout, identity } of [fixed, convolution().compiled]) {
      const { notes: _, steps, ...rest } = program;
      const nameless = steps.map(({ step, size, bounds }) => ({ step, size, bounds }));
      const text = stringify(JSON.parse(JSON.stringify({ program: { ...rest, steps: nameless }, layout }, listed)));
      expect(identity).toBe(low248(BigInt(keccak256(toUtf8Bytes(text)))));
    }
    expect(fixed.model).toBe(fixed.identity);
  });

  it.each<[string, CompiledModel]>([
    [
      "one weight, of one step",
      layer([
        [1, -0.37],
        [0.21, 0.75 + 1 / 127],
      ]),
    ],
    [
      "where its weights are",
      layer([
        [-0.37, 1],
        [0.21, 0.75],
      ]),
    ],
    ["what an input's unit is", layer(WEIGHTS, { unit: [2] })],
    ["what an input begins at", layer(WEIGHTS, { minimum: [1] })],
    ["an input's bits", layer(WEIGHTS, { bits: [5] })],
    ["who sees an input", layer(WEIGHTS, { visibility: "public" })],
    ["that its parameters are fixed", layer(WEIGHTS, {}, { parameters: "private" })],
  ])("changes with %s, and the circuit with it", (_what, other) => {
    expect(other.model).not.toBe(fixed.model);
    expect(other.entry).not.toBe(fixed.entry);
    expect(other.circuit).not.toBe(fixed.circuit);
  });

  it("changes with an input's unit although the circuit's steps are the same integers", () => {
    // Of trees nothing but what is stated of the numbers changes: thresholds and units are doubled together.
    const leaf = (value: number): TreeNode => ({ values: [{ output: 0, value }] });
    const made = (factor: number): CompiledModel => {
      const h = hand();
      const tree: TreeNode = { feature: 0, threshold: 3 * factor, comparison: "<=", yes: leaf(1), no: leaf(2) };
      return compileGraph(h.finish([h.trees(h.input("x", 1), [0], [tree])]), jobOf({ x: { ...X, unit: [factor] } }));
    };
    const [one, two] = [made(1), made(2)];
    expect(one.entry.replaceAll(String(one.model), "")).toBe(two.entry.replaceAll(String(two.model), ""));
    expect(one.model).not.toBe(two.model);
    expect(one.circuit).not.toBe(two.circuit);
  });

  it("changes with which outputs are wanted", () => {
    const [all, label] = [compile(iris, job()), compile(iris, job({ outputs: ["label"] }))];
    expect(label.program.outputs.map(({ name }) => name)).toEqual(["label"]);
    expect(label.model).not.toBe(all.model);
  });

  it("does not change with what the nodes of a file are called", () => {
    const named = (name: string): CompiledModel => {
      const node = { name, operator: "Gemm", inputs: ["x", "w"], outputs: ["y"] };
      const file = encode({
        ...{ opsets: { "": 17 }, initializers: { w: floatTensor([2, 2], [1, -0.37, 0.21, 0.75]) }, nodes: [node] },
        inputs: [{ name: "x", type: "float", shape: [1, 2] }],
        outputs: [{ name: "y", type: "float", shape: [1, 2] }],
      });
      return compile(file, jobOf({ x: X }));
    };
    expect(named("first").program.steps.map(({ name }) => name)).toContain("first");
    expect(named("second").identity).toBe(named("first").identity);
  });

  it("does not change with the file's name, the order of a job's members, one entry for all or one each, or pieces of curves that it has not", () => {
    const want = of(compile(iris, job()));
    const turned = Object.fromEntries(Object.entries(job()).toReversed());
    expect(of(compile(iris, job({ model: "elsewhere/y.onnx" })))).toEqual(want);
    expect(of(compile(iris, ModelJob.parse(turned, "job.json")))).toEqual(want);
    expect(of(compile(iris, job({ curvePieces: 99, activationBits: 4 })))).toEqual(want);
    const outputs = graphOf(iris).outputs.map(({ name }) => name);
    expect(of(compile(iris, job({ outputs })))).toEqual(want);
  });
});

describe("the identity of a model of private parameters", () => {
  /** What a job of the next version has of the one before. */
  const nextOf = ({ compiled: { units, program } }: Specimen) => ({ units, biasBits: program.parameters.biasBits });
  const salts = (parameters: bigint) => ({ ...NO_SALTS, parameters: parse(parameters) });

  it("is a commitment to them: other weights have the same circuit and another first element", () => {
    const one = convolution();
    const other = convolution([0.25, 1, -0.75], nextOf(one));
    expect(other.compiled.parameters).not.toEqual(one.compiled.parameters);
    expect(of(other.compiled)).toEqual(of(one.compiled));
    expect(one.compiled.model).toBeUndefined();
    expect(modelOf(other.compiled, salts(1n))).not.toBe(modelOf(one.compiled, salts(1n)));
    expect(modelOf(one.compiled, salts(2n))).not.toBe(modelOf(one.compiled, salts(1n)));
  });

  it("is the same for weights that round to the same integers", () => {
    const one = convolution();
    const near = convolution([0.5, -1, 0.25 + 1e-9], nextOf(one));
    expect(modelOf(near.compiled, salts(1n))).toBe(modelOf(one.compiled, salts(1n)));
  });

  it("says which units the next version is to have: those of the job, where it has them", () => {
    const { units } = convolution().compiled;
    expect(Object.keys(units).length).toBeGreaterThan(0);
    expect(convolution([0.1, 0.1, 0.1], nextOf(convolution())).compiled.units).toEqual(units);
    expect(convolution([0.1, 0.1, 0.1]).compiled.units).not.toEqual(units);
  });

  it("has another circuit for another visibility, other bits of an input or of the weights, another real value of 0", () => {
    const first = convolution();
    const { job: given, compiled } = first;
    const { x } = given.inputs;
    if (x === undefined) throw new TypeError("its input is x");
    for (const change of [
      { inputs: { x: { ...x, visibility: "public" as const } } },
      { inputs: { x: { ...x, bits: [6] } } },
      { inputs: { x: { ...x, minimum: [-2] } } },
      { weightBits: 6 },
    ]) {
      expect(convolution(undefined, { ...nextOf(first), ...change }).compiled.circuit).not.toBe(compiled.circuit);
    }
  });
});

describe("compile", () => {
  it("starts from a graph in which layers that are linear together are one", () => {
    expect(graphOf(iris).nodes.length).toBeLessThan(build(read(iris)).nodes.length);
  });

  it("is compileGraph of the file's graph, and integerModelOf all of it but its circuit", () => {
    const compiled = compile(iris, job());
    expect(compileGraph(graphOf(iris), job())).toEqual(compiled);
    const { program, layout, parameters, units } = compiled;
    expect(integerModelOf(graphOf(iris), job())).toMatchObject({ program, layout, parameters, units });
  });

  it("refuses an input that the job does not name, and an output that the file has not", () => {
    expect(() => compile(iris, job({ inputs: {} }))).toThrow(expect.objectContaining({ disposition: "reject" }));
    expect(() => compile(iris, job({ outputs: ["nothing"] }))).toThrow("got the output nothing");
  });

  it("refuses a model of more constraints than a machine makes keys for, before it writes a circuit", () => {
    const size = MOST_CONSTRAINTS / 32;
    const h = hand();
    const graph = h.finish([h.moved([h.input("x", size)], [0])]);
    const large = jobOf({ x: { visibility: "private", bits: [32] } });
    expect(() => compileGraph(graph, large)).toThrow(
      expect.objectContaining({ code: "model.size", message: expect.stringContaining(`want at most ${2 ** 22}`) }),
    );
    const small = jobOf({ x: { visibility: "private", bits: [31] } });
    expect(integerModelOf(graph, small).cost.total).toBeLessThan(MOST_CONSTRAINTS);
  });
});
