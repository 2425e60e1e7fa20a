import { describe, expect, it } from "vitest";
import { renderEntry } from "../../../../src/inference/circom/entry.ts";
import { MOST_WIRES, wiresOf } from "../../../../src/inference/circom/wires.ts";
import { type CompiledModel, compile } from "../../../../src/inference/compiledModel.ts";
import type { Program } from "../../../../src/program/program.ts";
import { ownFlags } from "../../../../src/prove/compile.ts";
import * as Specimens from "../../../support/inference/specimens.ts";
import { PERCEPTRON_JOB, perceptron } from "../../../support/onnx/perceptron.ts";

const render = ({ program, layout, identity }: CompiledModel, mostWires?: number): string =>
  renderEntry(program, { layout, identity, ...(mostWires === undefined ? {} : { mostWires }) });

/** Templates of a file by name. */
const templates = (entry: string): ReadonlyMap<string, string> =>
  new Map([...entry.matchAll(/^template (\w+)\(\) \{\n(.*?)\n\}$/gms)].map(([, name = "", body = ""]) => [name, body]));

const parts = (entry: string): readonly string[] =>
  [...templates(entry)].filter(([name]) => name !== "Model").map(([, body]) => body);

/** Elements that are handed to components one by one, and components. */
const wires = (body: string): number => {
  const calls = [...body.matchAll(/<== \w+\(.*\)\((.*)\);$/gm)].map(([, given = ""]) => given);
  return calls.reduce((sum, given) => sum + 1 + (given.match(/\w+\[\w+\]/g) ?? []).length, 0);
};

const total = ({ steps }: Program): number =>
  steps.flatMap(({ step, size }) => wiresOf(step, size)).reduce((sum, one) => sum + one, 0);

describe("renderEntry", () => {
  it("makes parts of a net of more than 60,000 weights, none above the bound, of all rows and all weights", () => {
    const { program, entry } = compile(perceptron([256, 200, 90]), PERCEPTRON_JOB);
    expect(total(program)).toBeGreaterThan(60_000);
    const bodies = parts(entry);
    expect(bodies.length).toBeGreaterThan(2);
    for (const body of bodies) {
      expect(wires(body)).toBeGreaterThan(0);
      expect(wires(body)).toBeLessThanOrEqual(MOST_WIRES);
    }
    const main = templates(entry).get("Model") ?? "";
    expect(wires(main)).toBeLessThan(200);
    const sums = bodies.join("\n").match(/ Sum\(/g);
    expect(sums?.length).toBe(200 + 90);
    const weights = [...entry.matchAll(/ Sum\((\d+), /g)].reduce((sum, [, size]) => sum + Number(size), 0);
    expect(weights).toBe(
      program.steps.reduce((sum, { step }) => sum + (step.kind === "affine" ? step.weights.length : 0), 0),
    );
  });

  it("connects every part once, and takes every row of a step from one of its parts", () => {
    const { program, entry } = compile(perceptron([256, 200, 90]), PERCEPTRON_JOB);
    const main = templates(entry).get("Model") ?? "";
    for (const name of templates(entry).keys()) {
      if (name !== "Model") expect(main.split(`<== ${name}()(`).length, name).toBe(2);
    }
    const [id] = [...program.steps.keys()].filter((one) => program.steps[one]?.step.kind === "affine");
    const copied = [
      ...main.matchAll(new RegExp(`j < (\\d+); .*\\n +t${id}\\[(\\d+) \\+ j\\] <== t${id}_\\d+\\[j\\]`, "g")),
    ];
    const ranges = copied.map(([, count, from]) => [Number(from), Number(from) + Number(count)]);
    expect(ranges.map(([from]) => from)).toEqual([0, ...ranges.slice(0, -1).map(([, to]) => to)]);
    expect(ranges.at(-1)?.[1]).toBe(200);
  });

  it("is one template for a model at the bound, and several for one wire less", () => {
    for (const { compiled } of [Specimens.perceptron(), Specimens.convolution(), Specimens.forest()]) {
      const bound = total(compiled.program);
      expect([...templates(render(compiled, bound)).keys()]).toEqual(["Model"]);
      expect(render(compiled, bound)).toBe(compiled.entry);
      expect(templates(render(compiled, bound - 1)).size).toBeGreaterThan(1);
    }
  });

  it("asks the compiler for a choice of its own where there are parts, and only there", () => {
    const { compiled } = Specimens.perceptron();
    expect(ownFlags(compiled.entry)).toEqual([]);
    expect(ownFlags(render(compiled, 4))).toEqual(["--use_old_simplification_heuristics"]);
  });

  it("gives a part with private parameters what it reads of them", () => {
    const bodies = parts(render(Specimens.convolution().compiled, 4));
    for (const body of bodies) {
      expect(/\bweight\[\d+\][^;]/.test(body.replace(/signal input .*/g, ""))).toBe(/signal input weight/.test(body));
    }
    expect(bodies.some((body) => /signal input weight/.test(body))).toBe(true);
  });

  it("refuses a bound that a single term is above", () => {
    expect(() => render(Specimens.perceptron().compiled, 1)).toThrowError("want at least the 2 of one term");
  });

  it("lets no layer's name end its comment", () => {
    const { compiled } = Specimens.perceptron();
    const steps = compiled.program.steps.map((placed) => ({ ...placed, name: "a\nsignal output b;*/é" }));
    const entry = render({ ...compiled, program: { ...compiled.program, steps } });
    expect(entry).toContain("    // affine: a?signal?output?b??/?\n");
    expect(entry).not.toContain("signal output b");
  });
});
