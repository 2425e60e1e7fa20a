import { toBeHex } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyHash } from "../../../src/chain/verifierTemplate.ts";
import { compileGraph } from "../../../src/inference/compiledModel.ts";
import { type Binding, contextOf, infer, modelOf } from "../../../src/inference/inference.ts";
import { kept, type ProofFile } from "../../../src/inference/proofFile.ts";
import { readingsOf } from "../../../src/inference/reading.ts";
import { type Verified, verify, type Wanted } from "../../../src/inference/verification.ts";
import { type Field, parse } from "../../../src/lib/field.ts";
import type { SolidityProof } from "../../../src/prove/solidityCalldata.ts";
import * as Statement from "../../../src/statement/statement.ts";
import { createSynthetic, type Synthetic } from "../../contracts/synthetic/groth16.ts";
import { hand, jobOf } from "../../support/inference/graphs.ts";
import { convolution, type Specimen } from "../../support/inference/specimens.ts";

/** Scores and a class of five numbers: two public, one private, two hashed. */
function classifier(bias = 0.5): Specimen {
  const h = hand();
  const x = h.moved([h.input("a", 2), h.input("c", 1), h.input("b", 2)], [0, 1, 3, 4, 2]);
  const weights = [
    [1, -0.37, 0.2, 0.1, 0.1],
    [-0.5, 0.25, 1, 0.3, 0.2],
  ];
  const scores = h.dense(x, weights, [bias, -0.25]);
  const graph = h.finish([scores, h.argmax([scores], [[0, 1]])]);
  const job = jobOf({
    a: { visibility: "public", bits: [4, 2], minimum: [-1], unit: [0.5] },
    b: { visibility: "hashed", bits: [4] },
    c: { visibility: "private", bits: [2] },
  });
  return { graph, job, compiled: compileGraph(graph, job) };
}

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const OTHER = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const BINDING: Binding = { chainId: 31337n, gate: ADDRESS, consumer: ADDRESS, caller: ADDRESS, nonce: 7n };
const SALTS = { inputs: new Map(["b", "x"].map((name) => [name, parse(11n)])), parameters: parse(5n) };
const ROW = new Map([
  ["a", [9, 3]],
  ["b", [4, 15]],
  ["c", [1]],
]);

// A key whose trapdoor is known: a proof of any statement that truly holds under it, without a circuit.
let synthetic: Synthetic;
let other: Synthetic;
beforeAll(async () => {
  [synthetic, other] = [await createSynthetic("verification.test"), await createSynthetic("another key")];
});
afterAll(() => Promise.all([synthetic.terminate(), other.terminate()]));

/** `as`: without the pairing of alpha and beta, which no check of ours reads. */
const keyOf = ({ verificationKey }: Synthetic): Wanted["verificationKey"] =>
  verificationKey as Wanted["verificationKey"];

function proofOf(vector: readonly Field[]): SolidityProof {
  const words = synthetic.prove(Statement.publicSignals(Statement.of(vector)), "0");
  return words as unknown as SolidityProof; // eight, by what it says
}

function fileOf({ compiled }: Pick<Specimen, "compiled">, row: ReadonlyMap<string, readonly number[]>): ProofFile {
  const { vector, statement, outputs } = infer(compiled, row, contextOf(BINDING), SALTS);
  const { inputElements } = compiled.layout;
  return {
    ...{ circuit: compiled.circuit, keyHash: keyHash(synthetic.verificationKey), model: modelOf(compiled, SALTS) },
    ...{ binding: BINDING, proof: proofOf(vector), commitment: statement.commitment },
    inputs: vector.slice(2, 2 + inputElements),
    outputs: vector.slice(2 + inputElements),
    readings: readingsOf(compiled.program, outputs).map(kept),
  };
}

/** Of a file in which everything that is recomputed has been made to fit: the proof is of what it now says. */
function consistent(file: ProofFile): ProofFile {
  const vector = [file.model, contextOf(file.binding), ...file.inputs, ...file.outputs];
  return { ...file, commitment: Statement.of(vector).commitment, proof: proofOf(vector) };
}

const specimen = classifier();
const check = (file: ProofFile, wanted: Partial<Wanted> = {}, { compiled } = specimen): Promise<Verified> =>
  verify(compiled, file, { verificationKey: keyOf(synthetic), ...wanted });
const refused = (reason: string) => ({ ok: false, reason: expect.stringContaining(reason) });

describe("verify", () => {
  it("reads the outputs and what is shown of the inputs from the statement's own words", async () => {
    const file = fileOf(specimen, ROW);
    const found = await check(file);
    if (!found.ok) throw new Error(found.reason);
    expect(found.readings.map(kept)).toEqual(file.readings);
    expect(found.readings[1]).toMatchObject({ kind: "index", values: [1] });
    expect(found.inputs).toEqual([
      { name: "a", visibility: "public", values: [3.5, 0.5] },
      { name: "b", visibility: "hashed", digest: file.inputs[1] },
    ]);
  });

  it("accepts the binding, the model and part of either that it is proven for, addresses in any case", async () => {
    const file = fileOf(specimen, ROW);
    const model = specimen.compiled.model;
    const all = { model, binding: { ...BINDING, gate: ADDRESS.toLowerCase() } };
    for (const wanted of [all, { model: undefined, binding: { nonce: 7n } }]) {
      expect(await check(file, wanted)).toMatchObject({ ok: true });
    }
  });

  it.each<[string, Partial<Binding>, string]>([
    ["chain", { chainId: 1n }, "for chainId 31337, want 1"],
    ["gate", { gate: OTHER }, `for gate ${ADDRESS}, want ${OTHER}`],
    ["consumer", { consumer: OTHER }, `for consumer ${ADDRESS}, want ${OTHER}`],
    ["caller", { caller: OTHER }, `for caller ${ADDRESS}, want ${OTHER}`],
    ["nonce", { nonce: 8n }, "for nonce 7, want 8"],
  ])("refuses a proof for another %s than is wanted, and one that only says so", async (_what, binding, reason) => {
    const file = fileOf(specimen, ROW);
    expect(await check(file, { binding })).toEqual(refused(reason));
    const changed = { ...file, binding: { ...BINDING, ...binding } };
    expect(await check(changed, { binding })).toEqual(refused("a commitment to another statement"));
  });

  it("refuses a proof of another circuit, under another key, of another model", async () => {
    const file = fileOf(specimen, ROW);
    const others = classifier(0.75);
    expect(await check(file, {}, others)).toEqual(refused(`want ${others.compiled.circuit}, which is the job's`));
    expect(await check(file, { verificationKey: keyOf(other) })).toEqual(refused("under the key"));
    expect(await check({ ...file, keyHash: keyHash(other.verificationKey) })).toEqual(refused("under the key"));
    const model = parse(6n);
    expect(await check(consistent({ ...file, model }))).toEqual(
      refused(`want ${toBeHex(specimen.compiled.model ?? 0n, 32)}`),
    );
    // The caller's word does not replace the job's own, nor the job's the caller's.
    expect(await check(consistent({ ...file, model }), { model })).toEqual(refused(`of model ${toBeHex(6n, 32)}`));
    expect(await check(file, { model })).toEqual(refused(`want ${toBeHex(6n, 32)}`));
  });

  it("refuses another model of private parameters where the caller says which, and none where nobody does", async () => {
    const secret = convolution();
    const file = fileOf(secret, new Map([["x", [0, 1, 2, 3, 4, 5, 6, 31]]]));
    expect(await check(file, {}, secret)).toMatchObject({ ok: true });
    expect(await check(file, { model: modelOf(secret.compiled, SALTS) }, secret)).toMatchObject({ ok: true });
    expect(await check(file, { model: parse(6n) }, secret)).toEqual(refused(`want ${toBeHex(6n, 32)}`));
  });

  it("refuses more or fewer elements than the layout has", async () => {
    const file = fileOf(specimen, ROW);
    const counts = "elements of inputs and";
    expect(await check({ ...file, inputs: file.inputs.slice(1) })).toEqual(refused(`got 1 ${counts} 1 words`));
    expect(await check({ ...file, inputs: [...file.inputs, parse(0n)] })).toEqual(refused(`got 3 ${counts}`));
    expect(await check({ ...file, outputs: [...file.outputs, parse(0n)] })).toEqual(refused("2 words of outputs"));
    expect(await check({ ...file, outputs: [] })).toEqual(refused("0 words of outputs"));
  });

  it("refuses words with bits that no element has, although a proof of them holds", async () => {
    const file = fileOf(specimen, ROW);
    const above = (word: Field | undefined, bit: number): Field => parse((word ?? 0n) + (1n << BigInt(bit)));
    const { outputStride } = specimen.compiled.layout;
    const outputs = [above(file.outputs[0], 3 * outputStride)];
    expect(await check(consistent({ ...file, outputs }))).toEqual(refused("output words with bits that no output has"));
    const inputs = [above(file.inputs[0], 8), ...file.inputs.slice(1)];
    expect(await check(consistent({ ...file, inputs }))).toEqual(refused("input words that no input has"));
  });

  it("refuses readings that are not those of the words", async () => {
    const file = fileOf(specimen, ROW);
    const [scores, label] = file.readings;
    if (scores === undefined || label === undefined) throw new TypeError("there are two");
    for (const readings of [
      [scores],
      [label, scores],
      [scores, { ...label, integers: [0] }],
      [scores, { ...label, values: [0] }],
      [{ ...scores, name: "z" }, label],
    ]) {
      expect(await check({ ...file, readings })).toEqual(refused("readings that are not those of the output words"));
    }
  });

  it("refuses a commitment to another statement, and a proof of one", async () => {
    const file = fileOf(specimen, ROW);
    const digest = [file.inputs[0] ?? parse(0n), parse(1n)];
    expect(await check({ ...file, inputs: digest })).toEqual(refused("a commitment to another statement"));
    expect(await check({ ...file, commitment: parse(1n) })).toEqual(refused("a commitment to another statement"));
    const { commitment } = consistent({ ...file, inputs: digest });
    expect(await check({ ...file, inputs: digest, commitment })).toEqual(refused("a proof that does not hold"));
    const [ax, ay, ...rest] = file.proof;
    const turned = { ...file, proof: [rest[4], rest[5], ...rest.slice(0, 4), ax, ay] as unknown as SolidityProof };
    expect(await check(turned)).toEqual(refused("a proof that does not hold"));
  });

  it("ends with the signal", async () => {
    const wanted = { verificationKey: keyOf(synthetic) };
    const gone = AbortSignal.abort(new Error("enough"));
    await expect(verify(specimen.compiled, fileOf(specimen, ROW), wanted, gone)).rejects.toThrow("enough");
  });
});
