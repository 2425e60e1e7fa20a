import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CompiledModel, compileGraph } from "../../../src/inference/compiledModel.ts";
import { costOf } from "../../../src/inference/cost.ts";
import { infer } from "../../../src/inference/inference.ts";
import { mock } from "../../../src/inference/mock.ts";
import * as ModelArtifacts from "../../../src/inference/modelArtifacts.ts";
import { parse } from "../../../src/lib/field.ts";
import type { Progress } from "../../../src/prove/artifacts.ts";
import { entryPath } from "../../../src/prove/compile.ts";
import { hand, jobOf } from "../../support/inference/graphs.ts";
import { createModelProject, type ModelProject } from "../../support/inference/modelProject.ts";

/** A layer and a ReLU of private parameters: other weights are the same circuit. */
function layer(weight: number, bits = 3): CompiledModel {
  const h = hand();
  const graph = h.finish([h.relu(h.dense(h.input("x", 2), [[weight, -0.5]], [0.25]))]);
  const settings = { parameters: "private", biasBits: 12, units: { affine0: 1 / 64 } } as const;
  return compileGraph(graph, jobOf({ x: { visibility: "public", bits: [bits] } }, settings));
}

let project: ModelProject;
beforeAll(async () => {
  project = await createModelProject();
});
afterAll(() => project.remove());

/** What it was busy with, each once. */
async function ensured(compiled: CompiledModel) {
  const steps = new Set<Progress["step"]>();
  const { root } = project;
  const artifacts = await ModelArtifacts.ensure(compiled, { root, onProgress: ({ step }) => void steps.add(step) });
  return { artifacts, steps: [...steps] };
}

const [model, otherWeights, otherCircuit] = [layer(0.75), layer(0.125), layer(0.75, 4)];

describe("a model's artifacts", () => {
  it("are not made by a load", async () => {
    await expect(ModelArtifacts.load(model, { root: project.root })).rejects.toMatchObject({ code: "prove.artifact" });
  });

  it("are made once, of the entry that stands beside them, and found again by a model of the same circuit", async () => {
    const first = await ensured(model);
    expect(first.steps).toEqual(["compile", "scalars", "points", "verify"]);
    expect(first.artifacts.manifest.circuit).toBe(model.circuit);
    expect(first.artifacts.manifest.constraints).toBeLessThanOrEqual(costOf(model.program, model.layout).total);
    expect(await readFile(join(project.root, entryPath(model.circuit)), "utf8")).toBe(model.entry);
    expect(otherWeights.parameters).not.toEqual(model.parameters);
    const again = await ensured(otherWeights);
    expect(again.steps).toEqual(["verify"]);
    expect(again.artifacts.verificationKey).toEqual(first.artifacts.verificationKey);
    expect((await ModelArtifacts.load(model, { root: project.root })).manifest).toEqual(first.artifacts.manifest);
  });

  it("are not those of another circuit", async () => {
    await expect(ModelArtifacts.load(otherCircuit, { root: project.root })).rejects.toMatchObject({
      ...{ code: "prove.artifact", data: { circuit: otherCircuit.circuit } },
    });
  });

  it("are refused by a load with one bit of a key changed, and made again by ensure", async () => {
    const { artifacts } = await ensured(model);
    const path = artifacts.paths["proving.zkey"];
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await expect(ModelArtifacts.load(model, { root: project.root })).rejects.toMatchObject({
      ...{ code: "prove.artifact", message: expect.stringContaining("proving.zkey has SHA-256") },
    });
    const { steps, artifacts: made } = await ensured(model);
    expect(steps).toEqual(["verify", "discard", "compile", "scalars", "points"]);
    // Drawn anew: nobody keeps what a key was made of.
    expect(made.verificationKey).not.toEqual(artifacts.verificationKey);
    expect((await ModelArtifacts.load(model, { root: project.root })).verificationKey).toEqual(made.verificationKey);
  });

  it("are for an entry that is as the model says: one that was changed is written again", async () => {
    const path = join(project.root, entryPath(model.circuit));
    await writeFile(path, model.entry.replace("component main", "component  main"));
    expect((await ensured(model)).steps).toEqual(["verify"]);
    expect(await readFile(path, "utf8")).toBe(model.entry);
  });
});

describe("mock", () => {
  const salts = { inputs: new Map(), parameters: parse(5n) };
  const inferred = (of: CompiledModel, x: readonly number[], context = parse(1n)) =>
    infer(of, new Map([["x", x]]), context, salts);

  it("counts the circuit's constraints where all of them hold, for any weights and rows", async () => {
    const { root } = project;
    const { manifest } = (await ensured(model)).artifacts;
    const want = { constraints: manifest.constraints, wires: manifest.wires };
    expect(await mock(model, inferred(model, [7, 0]), { root })).toEqual(want);
    expect(await mock(model, inferred(otherWeights, [0, 7]), { root })).toEqual(want);
  });

  it("refuses a statement that is another row's, another context's or of other weights", async () => {
    const { root } = project;
    const { circuitInput } = inferred(model, [7, 0]);
    for (const { statement } of [
      inferred(model, [6, 0]),
      inferred(model, [7, 0], parse(2n)),
      inferred(otherWeights, [7, 0]),
    ]) {
      await expect(mock(model, { statement, circuitInput }, { root })).rejects.toMatchObject({
        code: "inference.unsatisfied",
        message: "got another statement from the circuit than from the evaluator, want the same",
      });
    }
  });

  it("refuses an input without a witness: an integer that is too wide", async () => {
    const { statement, circuitInput } = inferred(model, [7, 0]);
    const wide = { statement, circuitInput: { ...circuitInput, x0: [8n, 0n] } };
    await expect(mock(model, wide, { root: project.root })).rejects.toMatchObject({ code: "prove.witness" });
  });
});
