import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyCommand } from "../../../src/cli/model/verify.ts";
import { compile } from "../../../src/inference/compiledModel.ts";
import * as ModelJob from "../../../src/inference/modelJob.ts";
import * as ProofFile from "../../../src/inference/proofFile.ts";
import { parse } from "../../../src/lib/field.ts";
import { here } from "../../support/commandHere.ts";
import { IRIS } from "../../support/irisModel.ts";

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
let directory: string;
let circuit: string;
const at = (name: string): string => join(directory, name);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-verify-"));
  await copyFile(IRIS, at("iris.onnx"));
  const input = { visibility: "public", bits: [7], minimum: [0], unit: [0.1] };
  await writeFile(at("job.json"), JSON.stringify({ version: 1, model: "iris.onnx", inputs: { input } }));
  const { job, onnx } = await ModelJob.load(at("job.json"));
  circuit = compile(onnx, job).circuit;
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** In a project that has no keys, nor sources to make any of. */
async function verifying(name: string) {
  const file: ProofFile.ProofFile = {
    ...{ circuit: name, keyHash: `0x${"ab".repeat(32)}`, model: parse(1n), commitment: parse(9n) },
    binding: { chainId: 5n, gate: ADDRESS, consumer: ADDRESS, caller: ADDRESS, nonce: 1n },
    ...{ proof: [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n], inputs: [], outputs: [parse(10n)], readings: [] },
  };
  await writeFile(at("proof.json"), ProofFile.render(file));
  return await here((environment) =>
    verifyCommand(at("job.json"), { proof: at("proof.json"), json: false }, { ...environment, root: directory }),
  );
}

describe("verify", () => {
  it("says of a proof of another circuit which one it is of, whether or not there are keys", async () => {
    const ended = await verifying("model-0123");
    expect(ended.code).toBe(65);
    expect(ended.stderr).toBe(
      `assay: ${at("proof.json")} is refused: got a proof of circuit model-0123, want ${circuit}, which is the job's [inference.refused]\n`,
    );
  });

  it("goes on to the keys of the circuit that a proof is of, which it says nothing against", async () => {
    const ended = await verifying(circuit);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).not.toContain("refused");
  });
});
