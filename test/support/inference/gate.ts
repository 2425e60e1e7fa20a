// A registry, a gate and models' verifiers on a local chain, as tests and benchmarks need them.

import { join } from "node:path";
import { Contract, type Signer } from "ethers";
import * as Solidity from "../../../src/chain/solidity.ts";
import { renderVerifier } from "../../../src/chain/verifierTemplate.ts";
import type { Inference } from "../../../src/inference/inference.ts";
import type { Proven } from "../../../src/prove/prover.ts";
import { words } from "../../../src/prove/solidityCalldata.ts";
import type { VerificationKey } from "../../../src/prove/verificationKey.ts";
import { make as deployed } from "../transactions.ts";

const root = join(import.meta.dirname, "../../..");

export type Gate = {
  readonly gate: Contract;
  readonly registry: Contract;
  /** Deploys the verifier of a key. */
  readonly verifier: (key: VerificationKey) => Promise<string>;
};

export async function deployGate(wallet: Signer): Promise<Gate> {
  const signal = new AbortController().signal;
  const entries = {
    ModelRegistry: "contracts/inference/ModelRegistry.sol",
    InferenceGate: "contracts/inference/InferenceGate.sol",
  };
  const contracts = await Solidity.compile({ root, entries, generated: {} }, signal);
  const make = async (from: Solidity.Contracts, name: string, ...args: unknown[]): Promise<Contract> => {
    const artifact = Solidity.get(from, name);
    return new Contract(await deployed(artifact, wallet, ...args), artifact.abi, wallet);
  };
  const registry = await make(contracts, "ModelRegistry");
  const gate = await make(contracts, "InferenceGate", registry.target);
  return {
    gate,
    registry,
    verifier: async (key) => {
      const path = "contracts/generated/ModelVerifier.sol";
      const source = renderVerifier(key, {
        contractName: "ModelVerifier",
        base: "StatementVerifier",
      });
      const compiled = await Solidity.compile(
        { root, entries: { ModelVerifier: path }, generated: { [path]: source } },
        signal,
      );
      return String((await make(compiled, "ModelVerifier")).target);
    },
  };
}

/** What the gate's functions take: IInferenceGate.Inference. */
export function inferenceOf(inference: Inference, { proof }: Proven, nonce: bigint, inputElements: number) {
  const [, , ...elements] = inference.vector;
  return {
    nonce,
    proof: [...words(proof)],
    commitment: inference.statement.commitment,
    inputs: elements.slice(0, inputElements),
    outputs: elements.slice(inputElements),
  };
}
