import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyHash } from "../../../src/chain/verifierTemplate.ts";
import { manifestOf } from "../../../src/inference/manifest.ts";
import { digest } from "../../../src/job/canonical.ts";
import { parse } from "../../../src/lib/field.ts";
import type { Manifest } from "../../../src/prove/artifactManifest.ts";
import type { VerificationKey } from "../../../src/prove/verificationKey.ts";
import { createSynthetic, type Synthetic } from "../../contracts/synthetic/groth16.ts";
import { convolution, curves, forest, type Specimen } from "../../support/inference/specimens.ts";

const file = { sha256: "ab".repeat(32), bytes: 5 };
/** Of whatever circuit: its hashes are not looked at. */
const ARTIFACTS: Manifest = {
  ...{ version: 1, circuit: "model-0123456789abcdef0123", keys: "development", compiler: "circom2@0.2.23" },
  ...{ sourceHash: "cd".repeat(32), constraints: 700, wires: 710, publicOutputs: 2, publicInputs: 1 },
  ...{ domainPower: 10, compileMs: 1, keyMs: 2 },
  files: {
    ...{ "circuit.r1cs": file, "circuit.wasm": file, "circuit.sym": file },
    ...{ "proving.zkey": file, "verification_key.json": file },
  },
};

let synthetic: Synthetic;
beforeAll(async () => {
  synthetic = await createSynthetic("manifest.test");
});
afterAll(() => synthetic.terminate());

function manifest({ job, compiled }: Specimen, model = compiled.model) {
  // `as`: without the pairing of alpha and beta, which is no part of a key's hash.
  const verificationKey = synthetic.verificationKey as VerificationKey;
  const made = manifestOf({ job, onnx: Buffer.from("abc"), compiled }, { manifest: ARTIFACTS, verificationKey }, model);
  expect(JSON.parse(JSON.stringify(made))).toEqual(made); // plain JSON
  return made;
}

describe("manifestOf", () => {
  it("names job, file, circuit and key by what they hash to", () => {
    const { job } = forest();
    expect(manifest(forest())).toMatchObject({
      job: digest(job),
      modelFile: "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", // what sha256sum says of abc
      keyHash: keyHash(synthetic.verificationKey),
      ...{ circuit: ARTIFACTS.circuit, keys: "development", compiler: ARTIFACTS.compiler, constraints: 700 },
      ...{ sourceHash: ARTIFACTS.sourceHash, files: ARTIFACTS.files, wires: 710, domainPower: 10 },
    });
  });

  it("has no time in it: the same model on the same machine twice is the same text", () => {
    expect(JSON.stringify(manifest(forest()))).not.toMatch(/Ms"/);
  });

  it("says how a statement is made up, and how many of its elements are each input's", () => {
    const { layout, inputs } = manifest(curves());
    const { inputElements, outputWords, outputStride } = curves().compiled.layout;
    expect(layout).toEqual({ inputElements, outputWords, outputStride });
    expect(inputs.map(({ name, visibility, elements }) => [name, visibility, elements])).toEqual([
      ["x", "public", 1],
      ["v", "hashed", 1],
      ["w", "hashed", 1],
      ["unused", "private", 0],
    ]);
    expect(inputs.reduce((sum, { elements }) => sum + elements, 0)).toBe(inputElements);
    expect(inputs[1]).toMatchObject({ shape: [2], bits: [4], minimum: [-2], unit: [0.25] });
  });

  it("says what each output's integers mean, and not where in the circuit they are", () => {
    const { outputs } = manifest(forest());
    expect(outputs.map(({ name, kind, shape }) => [name, kind, shape])).toEqual([
      ["y0", "number", [2]],
      ["y1", "index", [1]],
    ]);
    expect(outputs[0]?.unit).toBe(forest().compiled.program.outputs[0]?.unit);
    for (const output of outputs) expect(output).not.toHaveProperty("step");
  });

  it("states the statement's first element where it is known: of private parameters only by their salt", () => {
    expect(BigInt(String(manifest(forest()).model))).toBe(forest().compiled.model);
    expect(manifest(forest()).parameters).toBe("fixed");
    expect(manifest(convolution())).toMatchObject({ model: null, parameters: "private" });
    expect(manifest(convolution(), parse(5n)).model).toBe(`0x${"0".repeat(63)}5`);
  });

  it("keeps the notes of a program: approximations with their bounds", () => {
    expect(manifest(curves()).notes).toEqual(curves().compiled.program.notes);
    expect(manifest(curves()).notes.join()).toContain("off by at most");
  });
});
