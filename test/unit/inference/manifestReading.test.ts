import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as Manifest from "../../../src/inference/manifest.ts";
import * as ModelJob from "../../../src/inference/modelJob.ts";
import type { Artifacts } from "../../../src/prove/artifacts.ts";
import { compiledIris, type IrisOptions } from "../../support/irisModel.ts";

const { verificationKey } = JSON.parse(
  readFileSync(new URL("../../contracts/generated/synthetic-4x1.json", import.meta.url), "utf8"),
);
const file = { sha256: "0".repeat(64), bytes: 1 };
const ARTIFACTS: Pick<Artifacts, "manifest" | "verificationKey"> = {
  verificationKey,
  manifest: {
    ...{
      version: 1,
      circuit: "model-0123456789",
      keys: "development",
      sourceHash: "0".repeat(64),
      compiler: "circom2",
    },
    files: {
      ...{ "circuit.r1cs": file, "circuit.wasm": file, "circuit.sym": file, "proving.zkey": file },
      "verification_key.json": file,
    },
    ...{ constraints: 1, wires: 1, publicOutputs: 2, publicInputs: 1, domainPower: 1, compileMs: 0, keyMs: 0 },
  },
};

function manifestOf({ visibility, parameters }: IrisOptions) {
  const compiled = compiledIris({ visibility, parameters });
  const input = { visibility, bits: [7], minimum: [0], unit: [0.1] };
  const job = ModelJob.parse({ version: 1, model: "iris.onnx", parameters, inputs: { input } }, "job.json");
  return {
    compiled,
    manifest: Manifest.manifestOf({ job, onnx: new Uint8Array(), compiled }, ARTIFACTS, compiled.model),
  };
}

describe("parse and verifiable", () => {
  it.each([
    ["public", "fixed"],
    ["hashed", "private"],
    ["private", "fixed"],
  ] as const)("give what the model has, of %s inputs and %s parameters", (visibility, parameters) => {
    const { compiled, manifest } = manifestOf({ visibility, parameters });
    const back = Manifest.verifiable(Manifest.parse(JSON.stringify(manifest), "manifest.json"));
    expect([back.circuit, back.model, back.layout]).toEqual(["model-0123456789", compiled.model, compiled.layout]);
    const plain = (list: readonly { readonly step: number }[]) => list.map((one) => ({ ...one, step: 0 }));
    const { inputs, outputs } = compiled.program;
    expect(back.program).toEqual({ inputs: plain(inputs), outputs: plain(outputs) });
  });

  const { manifest } = manifestOf({ visibility: "public", parameters: "fixed" });
  const { layout, inputs, outputs } = manifest;
  it.each([
    ["no JSON", "{", "JSON"],
    ["a member more", { more: 1 }, "more"],
    ["fixed parameters without their model", { model: null }, "model: got none"],
    ["a model beyond the field", { model: `0x${"f".repeat(64)}` }, "want an element of the field"],
    ["other elements than the inputs have", { layout: { ...layout, inputElements: 7 } }, "got 7 elements, want 1"],
    ["other words than the outputs have", { layout: { ...layout, outputWords: 2 } }, "got 2 words, want 1"],
    [
      "another visibility than the layout's",
      { inputs: inputs.map((one) => ({ ...one, visibility: "private" })) },
      "want 0",
    ],
    ["widths of some elements", { inputs: inputs.map((one) => ({ ...one, bits: [7, 7] })) }, "got 2 bits"],
    ["outputs wider than a number is exact", { layout: { ...layout, outputStride: 52 } }, "outputStride"],
    ["an output without a unit", { outputs: outputs.map((one) => ({ ...one, unit: 0 })) }, "unit"],
  ])("refuse %s", (_what, change, said) => {
    const text = typeof change === "string" ? change : JSON.stringify({ ...manifest, ...change });
    const error = expect.objectContaining({ code: "inference.manifest", message: expect.stringContaining(said) });
    expect(() => Manifest.parse(text, "manifest.json")).toThrow(error);
  });
});
