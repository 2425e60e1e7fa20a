import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { graphOf } from "../../../src/inference/compiledModel.ts";
import * as ModelJob from "../../../src/inference/modelJob.ts";
import * as Reference from "../../../src/inference/reference.ts";
import * as Rows from "../../../src/inference/rows.ts";
import { COMMITTED_MODEL } from "../../../src/job/schema.ts";
import * as HampelChart from "../../../src/model/hampelChart.ts";
import * as LearnedChart from "../../../src/model/learnedChart.ts";
import { MODEL_NAMES, modelOf } from "../../../src/model/models.ts";
import * as Circuit from "../../../src/prove/circuit.ts";
import * as CircuitSource from "../../../src/prove/circuitSource.ts";
import * as Configuration from "../../../src/round/configuration.ts";
import * as Cases from "../../support/circuits/cases.ts";
import { random, seedOfRun } from "../../support/circuits/random.ts";

const ROOT = join(import.meta.dirname, "../../..");
const EXAMPLE = join(ROOT, "examples/oracle");
const PARAMETERS = Configuration.parametersFrom(COMMITTED_MODEL);
const LEVEL = 10_000_000_000n;
const STATE = { level: LEVEL, scale: LEVEL / 1000n };
const ROUND: HampelChart.FeedInput = {
  prices: [LEVEL, LEVEL + 1_000_000n, LEVEL + 2_000_000n, LEVEL - 1_000_000n],
  quorum: 3,
  live: true,
  reset: false,
  state: STATE,
};
const evaluate = (change: Partial<HampelChart.FeedInput>) =>
  LearnedChart.evaluate({ ...ROUND, ...change }, PARAMETERS).report;

const score = ([ratio, dispersion, observers, excluded]: readonly number[]): number =>
  Number(
    LearnedChart.learnedScore({
      ratio: BigInt(ratio ?? 0),
      dispersion: BigInt(dispersion ?? 0),
      observers: observers ?? 0,
      excluded: excluded ?? 0,
    }),
  );

describe("evaluate", () => {
  it(`gives the first model's report and state but for the score, whatever the round (seed ${seedOfRun()})`, () => {
    const source = random(seedOfRun());
    for (let count = 0; count < 500; count++) {
      const { input, parameters } = Cases.modelCase(source, 4);
      const [first, second] = [HampelChart.evaluate(input, parameters), LearnedChart.evaluate(input, parameters)];
      expect(second).toEqual({ ...first, report: { ...first.report, score: second.report.score } });
      expect(second.report.score).toBeGreaterThanOrEqual(0n);
      expect(second.report.score).toBeLessThan(1n << 14n);
      if (first.report.inliers === 0n) expect(second.report.score).toBe(0n);
    }
  });

  it("scores what the chart does not see: one price far off that the filter leaves out", () => {
    const liar = [...ROUND.prices.slice(0, 3), LEVEL + LEVEL / 50n];
    expect(HampelChart.evaluate({ ...ROUND, prices: liar }, PARAMETERS).report.score).toBeLessThan(10n);
    expect(evaluate({}).score).toBeLessThan(100n);
    expect(evaluate({ prices: liar })).toMatchObject({ status: "OK", inliers: 0b0111n });
    expect(evaluate({ prices: liar }).score).toBeGreaterThan(256n);
  });

  it("scores a chart's first round by its prices alone", () => {
    const fresh = { state: { level: 0n, scale: 0n } };
    expect(evaluate(fresh).score).toBe(evaluate({ state: { level: LEVEL + 500_000n, scale: 0n } }).score);
    expect(evaluate({ ...fresh, prices: [...ROUND.prices.slice(0, 3), 2n * LEVEL] }).score).toBeGreaterThan(256n);
  });

  it("is 0 without a quorum and for a feed that is not live, whatever the prices", () => {
    const prices = [LEVEL, 3n * LEVEL, 0n, 0n];
    expect(evaluate({ prices })).toMatchObject({ status: "NO_QUORUM", score: 0n });
    expect(evaluate({ prices: [0n, 0n, 0n, 0n], live: false })).toMatchObject({ status: "OK", score: 0n });
  });

  it("refuses more prices than the net has bits for", () => {
    const prices = Array.from({ length: 8 }, () => LEVEL);
    expect(() => evaluate({ prices })).toThrowError(expect.objectContaining({ code: "model.input" }));
  });
});

describe("the learned score", () => {
  it("is monotone as the net was trained to be, over its whole range, and saturates", () => {
    const source = random(seedOfRun());
    const near = (bits: number): number => Number(source.bits(1 + source.below(bits)));
    for (let count = 0; count < 2000; count++) {
      const round = [near(14), near(12), near(3), near(3)];
      const more = round.map((value, k) => Math.min([16_383, 4095, 7, 7][k] ?? 0, value + near(8)));
      for (const k of [0, 1, 3]) {
        expect(score(round.with(k, more[k] ?? 0)), `${round}, ${k}: ${more[k]}`).toBeGreaterThanOrEqual(score(round));
      }
      expect(score(round.with(2, more[2] ?? 0)), `${round}`).toBeLessThanOrEqual(score(round));
    }
    expect(score([16_383, 4095, 0, 7])).toBe(16_383);
    expect(score([0, 0, 7, 0])).toBeGreaterThan(0);
  });

  it("is within 1 of onnxruntime's on every row of the card, up to 1,000, and on the same side of 256", async () => {
    const { job, onnx } = await ModelJob.load(join(EXAMPLE, "job.json"));
    const graph = graphOf(onnx, job.outputs);
    const path = join(EXAMPLE, "rows.csv");
    const rows = Rows.parse(await readFile(path, "utf8"), path, Reference.rowInputs(graph));
    expect(rows).toHaveLength(300);
    const references = await Reference.references(onnx, graph, rows);
    rows.forEach(({ inputs }, i) => {
      const features = [...(inputs.get("round") ?? [])];
      const want = Number(references[i]?.get("score")?.[0]);
      expect(score(features) > 256, `${features}`).toBe(want > 256);
      if (want < 1000) expect(Math.abs(score(features) - want), `${features}`).toBeLessThanOrEqual(1);
    });
  });
});

describe("the circuits' models", () => {
  it("are those of circuits.json, and each entry includes its own", async () => {
    const circuits = await Circuit.all(ROOT);
    expect([...new Set(circuits.map(({ model }) => model))].sort()).toEqual([...MODEL_NAMES].sort());
    for (const { name, model } of circuits) {
      const { files } = await CircuitSource.digest(name, ROOT);
      const included = MODEL_NAMES.filter((one) => files.includes(`circuits/models/${one}.circom`));
      expect(included, name).toEqual([model]);
    }
  });

  it("are found by name", () => {
    expect(modelOf("LearnedChart").evaluate(ROUND, PARAMETERS)).toEqual(LearnedChart.evaluate(ROUND, PARAMETERS));
    expect(modelOf("HampelChart").evaluate(ROUND, PARAMETERS)).toEqual(HampelChart.evaluate(ROUND, PARAMETERS));
  });
});
