// One model's figures as JSON on stdout: everything is made anew. Run by main.ts in a process of its own, so that its
// memory is its own.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Wallet } from "ethers";
import { calibrate } from "../../../src/inference/calibrate.ts";
import { graphOf } from "../../../src/inference/compiledModel.ts";
import { contextOf, infer } from "../../../src/inference/inference.ts";
import { ensure } from "../../../src/inference/modelArtifacts.ts";
import { quantise } from "../../../src/inference/quantise.ts";
import { references, rowInputs } from "../../../src/inference/reference.ts";
import * as Rows from "../../../src/inference/rows.ts";
import { at } from "../../../src/lib/element.ts";
import { writeWhole } from "../../../src/lib/file.ts";
import * as ArtifactStore from "../../../src/prove/artifactStore.ts";
import { entryPath } from "../../../src/prove/compile.ts";
import { createSnarkjsProver } from "../../../src/prove/snarkjsProver.ts";
import { startChain } from "../../support/deploying.ts";
import { deployGate, inferenceOf } from "../../support/inference/gate.ts";
import { done } from "../../support/transactions.ts";
import { median } from "../machine.ts";
import { endThreads, verifyingMs } from "../verifying.ts";
import { MODELS } from "./catalogue.ts";

const root = join(import.meta.dirname, "../../..");
const RUNS = 7;

const measured = MODELS.find(({ model }) => model === process.argv[2]);
if (measured === undefined) throw new Error(`got ${process.argv[2]}, want one of the catalogue`);
const path = join(root, "test/models", measured.file);
const onnx = await readFile(`${path}.onnx`);
const graph = graphOf(onnx);
const rows = Rows.parse(await readFile(`${path}.csv`, "utf8"), `${path}.csv`, rowInputs(graph));
const { compiled, accuracy } = calibrate(graph, rows, await references(onnx, graph, rows), {
  model: `${measured.file}.onnx`,
  parameters: "fixed",
  visibility: () => "private",
  inputBits: measured.inputBits,
});

// Made anew: the entry has to be there for its artifacts to be found, and thrown away.
await writeWhole(join(root, entryPath(compiled.circuit)), compiled.entry);
await ArtifactStore.discard(await ArtifactStore.locate(compiled.circuit, root));
const { manifest, ...artifacts } = await ensure(compiled, { root });

const chain = await startChain();
const wallet = Wallet.fromPhrase("test test test test test test test test test test test junk", chain.provider);
const { gate, registry, verifier } = await deployGate(wallet);
const registration = {
  model: compiled.model,
  verifier: await verifier(artifacts.verificationKey),
  inputElements: compiled.layout.inputElements,
  outputWords: compiled.layout.outputWords,
  outputStride: compiled.layout.outputStride,
  parent: `0x${"0".repeat(64)}`,
  provenance: Array.from({ length: 5 }, () => `0x${"0".repeat(64)}`),
};
await done(registry, "register", registration);
const id = await registry.getFunction("idOf")(wallet.address, registration.verifier, compiled.model);

const prover = createSnarkjsProver(artifacts);
const [witnessMs, proveMs, verifyMs, gas]: [number[], number[], number[], number[]] = [[], [], [], []];
for (let run = 0; run <= RUNS; run++) {
  const nonce = BigInt(run + 1);
  const binding = {
    chainId: 31337n,
    gate: String(gate.target),
    consumer: wallet.address,
    caller: wallet.address,
    nonce,
  };
  const row = at(rows, run % rows.length);
  const inference = infer(compiled, quantise(compiled.program, row.inputs), contextOf(binding));
  const proven = await prover.prove(inference.circuitInput);
  const verified = await verifyingMs(artifacts.verificationKey, proven);
  const gasUsed = await done(gate, "record", id, wallet.address, inferenceOf(inference, proven, nonce, 0));
  if (run === 0) continue; // warms up
  witnessMs.push(proven.witnessMs);
  proveMs.push(proven.proveMs);
  verifyMs.push(verified);
  gas.push(Number(gasUsed));
}
await prover.close();
await chain.close();
await endThreads();

process.stdout.write(
  JSON.stringify({
    model: measured.model,
    constraints: manifest.constraints,
    domainPower: manifest.domainPower,
    provingKeyBytes: manifest.files["proving.zkey"].bytes,
    setupMs: Math.round(manifest.compileMs + manifest.keyMs),
    witnessMs: median(witnessMs),
    proveMs: median(proveMs),
    verifyMs: median(verifyMs),
    gas: median(gas),
    outputs: compiled.program.outputs.reduce(
      (sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1),
      0,
    ),
    outputWords: compiled.layout.outputWords,
    ...accuracy,
  }),
);
