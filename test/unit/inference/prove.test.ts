import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyHash } from "../../../src/chain/verifierTemplate.ts";
import { type Binding, contextOf, type Salts } from "../../../src/inference/inference.ts";
import * as ProofFile from "../../../src/inference/proofFile.ts";
import { prove } from "../../../src/inference/prove.ts";
import { verify } from "../../../src/inference/verification.ts";
import { witnessOf } from "../../../src/inference/witness.ts";
import { parse, reduce } from "../../../src/lib/field.ts";
import type { CircuitInput, Prover } from "../../../src/prove/prover.ts";
import { fromWords, type SolidityProof } from "../../../src/prove/solidityCalldata.ts";
import type { VerificationKey } from "../../../src/prove/verificationKey.ts";
import * as Statement from "../../../src/statement/statement.ts";
import { createSynthetic, type Synthetic } from "../../contracts/synthetic/groth16.ts";
import { forest } from "../../support/inference/specimens.ts";

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const BINDING: Binding = { chainId: 31337n, gate: ADDRESS, consumer: ADDRESS, caller: ADDRESS, nonce: 7n };
const SALTS: Salts = { inputs: new Map([["b", parse(11n)]]) };
const { compiled } = forest();
const rowOf = (b: number) => ({
  inputs: new Map([
    ["a", Float64Array.of(7, 1, 15)],
    ["b", Float64Array.of(b)],
  ]),
});
const witness = witnessOf(compiled, rowOf(2), BINDING, SALTS);

let synthetic: Synthetic;
beforeAll(async () => {
  synthetic = await createSynthetic("prove.test");
});
afterAll(() => synthetic.terminate());

/** Proves whatever it is told under a key whose trapdoor is known: a real proof takes a circuit and its keys. */
function tools(signals: readonly bigint[], asked: CircuitInput[] = []) {
  const prover: Prover = {
    prove: async (input, signal) => {
      signal?.throwIfAborted();
      asked.push(input);
      const proof = fromWords(synthetic.prove(signals, "0") as unknown as SolidityProof); // eight, by what it says
      return { proof, publicSignals: signals, witnessMs: 3, proveMs: 5 };
    },
    close: async () => {},
  };
  // `as`: without the pairing of alpha and beta, which no check of ours reads.
  return { prover, artifacts: { verificationKey: synthetic.verificationKey as VerificationKey } };
}
const truth = Statement.publicSignals(witness.inference.statement);

describe("prove", () => {
  it("makes a file of the statement and its proof, which verify accepts from its text", async () => {
    const asked: CircuitInput[] = [];
    const { prover, artifacts } = tools(truth, asked);
    const { file, witnessMs, proveMs } = await prove(compiled, witness, BINDING, { prover, artifacts });
    expect(asked).toEqual([witness.inference.circuitInput]);
    expect([witnessMs, proveMs]).toEqual([3, 5]);
    const [model, context, ...elements] = witness.inference.vector;
    expect(context).toBe(contextOf(BINDING));
    expect(file).toMatchObject({ circuit: compiled.circuit, model, binding: BINDING });
    expect(file.keyHash).toBe(keyHash(synthetic.verificationKey));
    expect([...file.inputs, ...file.outputs]).toEqual(elements);
    expect(file.inputs).toHaveLength(compiled.layout.inputElements);
    const again = ProofFile.parse(ProofFile.render(file), "proof.json");
    expect(await verify(compiled, again, { ...artifacts, binding: BINDING })).toMatchObject({ ok: true });
  });

  it("refuses what the prover has proven of another statement, whichever of its signals that shows in", async () => {
    const other = Statement.publicSignals(witnessOf(compiled, rowOf(3), BINDING, SALTS).inference.statement);
    const changed = truth.map((_, i) => truth.map((signal, j) => (i === j ? reduce(signal + 1n) : signal)));
    for (const signals of [other, ...changed, truth.slice(1)]) {
      await expect(prove(compiled, witness, BINDING, tools(signals))).rejects.toMatchObject({
        ...{ code: "inference.unsatisfied", disposition: "reject" },
      });
    }
  });

  it("ends with the signal", async () => {
    const gone = AbortSignal.abort(new Error("enough"));
    await expect(prove(compiled, witness, BINDING, tools(truth), gone)).rejects.toThrow("enough");
  });
});
