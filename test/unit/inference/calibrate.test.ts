import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../../src/graph/graph.ts";
import { type Accuracy, accuracyOf, type Reference } from "../../../src/inference/accuracy.ts";
import { type Calibrated, type CalibrateOptions, calibrate, type Target } from "../../../src/inference/calibrate.ts";
import { compileGraph, graphOf } from "../../../src/inference/compiledModel.ts";
import { costOf } from "../../../src/inference/cost.ts";
import * as ModelJob from "../../../src/inference/modelJob.ts";
import { references, rowInputs } from "../../../src/inference/reference.ts";
import * as Rows from "../../../src/inference/rows.ts";
import { AssayError } from "../../../src/lib/errors.ts";
import { hand } from "../../support/inference/graphs.ts";

type Subject = {
  readonly graph: Graph;
  readonly rows: readonly Rows.Row[];
  readonly theirs: readonly Reference[];
};

async function load(name: string, count: number): Promise<Subject> {
  const file = (ending: string) => readFileSync(new URL(`../../models/${name}.${ending}`, import.meta.url));
  const graph = graphOf(file("onnx"));
  const rows = Rows.parse(file("csv").toString(), "rows.csv", rowInputs(graph)).slice(0, count);
  return { graph, rows, theirs: await references(file("onnx"), graph, rows) };
}

/** Four numbers and three classes; ten numbers, a layer of ReLUs and one number. */
let classifier: Subject;
let regressor: Subject;
beforeAll(async () => {
  [classifier, regressor] = [await load("iris-logistic", 40), await load("diabetes-torch-mlp", 30)];
});

const run = ({ graph, rows, theirs }: Subject, options: Partial<CalibrateOptions> = {}): Calibrated =>
  calibrate(graph, rows, theirs, { model: "x.onnx", parameters: "fixed", visibility: () => "private", ...options });

/** What a target of accuracy is compared with. */
const loss = ({ changedClassShare, medianError, range }: Accuracy): number => changedClassShare ?? medianError / range;

const within = (share: number): Target => ({ kind: "accuracy", share });
const atMost = (constraints: number): Target => ({ kind: "size", constraints });

function expectWhole({ graph, rows, theirs }: Subject, { job, compiled, accuracy, constraints }: Calibrated): void {
  expect(ModelJob.parse(JSON.parse(ModelJob.render(job)), "job.json")).toEqual(JSON.parse(JSON.stringify(job)));
  const again = compileGraph(graph, job);
  expect(again.circuit).toBe(compiled.circuit);
  expect(accuracyOf(again, rows, theirs)).toEqual(accuracy);
  expect(costOf(again.program, again.layout).total).toBe(constraints);
}

describe("calibrate", () => {
  it("gives a job that by itself compiles to the circuit, the accuracy and the size that it reports", () => {
    for (const subject of [classifier, regressor]) {
      expectWhole(subject, run(subject));
      expectWhole(subject, run(subject, { parameters: "private", visibility: () => "hashed" }));
    }
    expectWhole(classifier, run(classifier, { target: within(0.1) }));
    expectWhole(classifier, run(classifier, { target: atMost(1000) }));
  });

  it("chooses 8 bits for everything where there is no target", () => {
    const { job } = run(regressor);
    expect(job).toMatchObject({ weightBits: 8, activationBits: 8, parameters: "fixed", model: "x.onnx" });
    const bits = Object.values(job.inputs).flatMap((input) => input.bits);
    expect(Math.max(...bits)).toBe(8);
    expect(job).not.toHaveProperty("outputs", expect.anything());
  });

  it("keeps to the bits, the visibility, the parameters and the outputs that it is given", () => {
    const given = { inputBits: 5, weightBits: 6, activationBits: 7, parameters: "private" } as const;
    for (const target of [undefined, within(1)]) {
      const { job } = run(regressor, { ...given, target, visibility: () => "hashed", outputs: ["y"] });
      expect(job).toMatchObject({ weightBits: 6, activationBits: 7, parameters: "private", outputs: ["y"] });
      const [input] = Object.values(job.inputs);
      expect(input?.visibility).toBe("hashed");
      expect(Math.max(...(input?.bits ?? []))).toBe(5);
    }
  });

  it("reaches a target of accuracy, with no more constraints where more may be lost", () => {
    let before = Number.POSITIVE_INFINITY;
    for (const share of [0, 0.05, 0.3]) {
      const { accuracy, constraints } = run(classifier, { target: within(share) });
      expect(loss(accuracy)).toBeLessThanOrEqual(share);
      expect(constraints).toBeLessThanOrEqual(before);
      before = constraints;
    }
    expect(before).toBeLessThan(run(classifier).constraints);
  });

  it("measures a model without classes by its median error, as a share of the range", () => {
    const options = { weightBits: 8, activationBits: 8 };
    for (const share of [0.001, 0.03]) {
      const { accuracy } = run(regressor, { ...options, target: within(share) });
      expect(accuracy.changedClassShare).toBeUndefined();
      expect(loss(accuracy)).toBeLessThanOrEqual(share);
    }
  });

  it("reaches a target of size, no less accurate where it may be larger", () => {
    for (const [subject, options] of [
      [regressor, { inputBits: 8, weightBits: 8 }],
      [classifier, { inputBits: 8 }],
      [classifier, { weightBits: 8 }],
    ] as const) {
      const smallest = run(subject, { ...options, target: within(1) }).constraints;
      let before = Number.POSITIVE_INFINITY;
      for (const more of [0, 5, 10, 20, 40, 80]) {
        const { accuracy, constraints } = run(subject, { ...options, target: atMost(smallest + more) });
        expect(constraints).toBeLessThanOrEqual(smallest + more);
        expect(loss(accuracy)).toBeLessThanOrEqual(before);
        before = loss(accuracy);
      }
    }
  });

  it("takes of two circuits that lose as many classes the one whose numbers are nearer, where size allows both", () => {
    const most = run(classifier, { target: atMost(1_000_000) });
    const smallest = run(classifier, { target: within(loss(most.accuracy)) });
    expect(most.constraints).toBeGreaterThan(smallest.constraints);
    expect(most.accuracy.meanError).toBeLessThan(smallest.accuracy.meanError);
    expect(loss(smallest.accuracy)).toBeLessThanOrEqual(loss(most.accuracy));
  });

  it("says how close it came where no target can be reached", () => {
    const refusal = (subject: Subject, target: Target): AssayError => {
      try {
        run(subject, { target, weightBits: 8, activationBits: 8 });
      } catch (error) {
        if (error instanceof AssayError) return error;
        throw error;
      }
      throw new Error("a target was met that none can meet");
    };
    const small = refusal(classifier, atMost(10));
    expect(small).toMatchObject({ code: "model.target", disposition: "reject" });
    const [, least] = /the smallest one has (\d+) constraints/.exec(small.message) ?? [];
    expect(run(classifier, { target: atMost(Number(least)), weightBits: 8 }).constraints).toBe(Number(least));
    const exact = refusal(regressor, within(0));
    expect(exact).toMatchObject({ code: "model.target", disposition: "reject" });
    const [, closest] =
      /the most accurate one loses a share of (\S+) of the range, by its median error$/.exec(exact.message) ?? [];
    expect(Number(closest)).toBeGreaterThan(0);
    const met = run(regressor, { target: within(Number(closest)), weightBits: 8, activationBits: 8 });
    expect(loss(met.accuracy)).toBe(Number(closest));
  });

  it("throws what lowering throws where no quantisation fits, with the layer named, target or not", () => {
    const h = hand();
    const rows = [3, 7, 9].map((x) => ({ inputs: new Map([["x", Float64Array.of(x)]]) }));
    const theirs = rows.map(() => new Map([["y0", [0]]]));
    const subject = { graph: h.finish([h.dense(h.input("x", 1), [[1]], [2 ** 44])]), rows, theirs };
    const bounds = expect.objectContaining({ code: "model.bounds", data: { layer: "affine0" } });
    expect(() => run(subject, { parameters: "private", weightBits: 8 })).toThrow(bounds);
    expect(() => run(subject, { parameters: "private", weightBits: 8, target: within(1) })).toThrow(bounds);
  });

  it("leaves private parameters of later versions the headroom that is asked for, and no more", () => {
    for (const headroom of [0, 1, 2]) {
      const { job, compiled } = run(classifier, { parameters: "private", headroom });
      const times = (factor: number) => {
        const nodes = classifier.graph.nodes.map((one) => {
          if (one.operation.kind !== "affine") return one;
          const { weights, bias } = one.operation;
          const scaled = { weights: weights.map((w) => w * factor), bias: bias.map((b) => b * factor) };
          return { ...one, operation: { ...one.operation, ...scaled } };
        });
        return compileGraph({ ...classifier.graph, nodes }, job);
      };
      expect(times(2 ** headroom).circuit).toBe(compiled.circuit);
      expect(() => times(2 ** (headroom + 1))).toThrow(expect.objectContaining({ code: "model.weights" }));
    }
  });

  it("gives private parameters units and a width of biases, with which other weights have the same circuit", () => {
    const { job, compiled } = run(classifier, { parameters: "private" });
    expect(job.units).toEqual(compiled.units);
    expect(job.biasBits).toBe(compiled.program.parameters.biasBits);
    const nodes = classifier.graph.nodes.map((one) =>
      one.operation.kind === "affine"
        ? { ...one, operation: { ...one.operation, weights: one.operation.weights.map((weight) => weight * 0.75) } }
        : one,
    );
    const next = compileGraph({ ...classifier.graph, nodes }, job);
    expect(next.parameters).not.toEqual(compiled.parameters);
    expect(next.circuit).toBe(compiled.circuit);
  });
});
