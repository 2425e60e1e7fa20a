import { join } from "node:path";
import { Interface } from "ethers";
import { expect, it } from "vitest";
import { compile } from "../../../src/chain/creations.ts";
import { encode, GATE_FUNCTIONS } from "../../../src/chain/inferenceCall.ts";
import * as Solidity from "../../../src/chain/solidity.ts";

const root = join(import.meta.dirname, "../../..");
const [CONSUMER, CALLER] = ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"];
const MODEL = `0x${"12".repeat(32)}`;
const INFERENCE = {
  ...{ nonce: 2n ** 255n, proof: [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n], commitment: 9n },
  ...{ inputs: [10n], outputs: [11n, 12n] },
};

it("a call is what the contract decodes: record and recordAndCall name the consumer, consume the caller", async () => {
  const contracts = await compile({ root, names: ["InferenceGate"] }, new AbortController().signal);
  const gate = new Interface(Solidity.get(contracts, "InferenceGate").abi);
  for (const name of GATE_FUNCTIONS) {
    const data = encode({
      function: name,
      modelId: MODEL,
      consumer: CONSUMER,
      caller: CALLER,
      inference: INFERENCE,
    });
    const call = gate.parseTransaction({ data });
    expect(call?.name).toBe(name);
    expect([...(call?.args ?? [])].slice(0, 2)).toEqual([MODEL, name === "consume" ? CALLER : CONSUMER]);
    const { nonce, proof, commitment, inputs, outputs } = INFERENCE;
    expect(call?.args[2].toArray(true)).toEqual([nonce, proof, commitment, inputs, outputs]);
  }
});
