// A call of InferenceGate as bytes: for whoever sends it, by whatever means.

import { Interface } from "ethers";

/** IInferenceGate.Inference. */
export type InferenceWords = {
  readonly nonce: bigint;
  readonly proof: readonly bigint[];
  readonly commitment: bigint;
  readonly inputs: readonly bigint[];
  readonly outputs: readonly bigint[];
};

export type GateCall = {
  /** Consume is what the consumer's own contract calls; the others are the caller's. */
  readonly function: GateFunction;
  readonly modelId: string;
  readonly consumer: string;
  readonly caller: string;
  readonly inference: InferenceWords;
};

export const GATE_FUNCTIONS = ["record", "recordAndCall", "consume"] as const;
export type GateFunction = (typeof GATE_FUNCTIONS)[number];

const INFERENCE =
  "tuple(uint256 nonce, uint256[8] proof, uint256 commitment, uint256[] inputs, uint256[] outputs) inference";

/** Mirrors contracts/interfaces/IInferenceGate.sol. */
export const GATE = new Interface([
  `function record(bytes32 modelId, address consumer, ${INFERENCE}) returns (uint256 context)`,
  `function recordAndCall(bytes32 modelId, address consumer, ${INFERENCE}) returns (uint256 context)`,
  `function consume(bytes32 modelId, address caller, ${INFERENCE}) returns (uint256 context)`,
]);

export function encode({ function: name, modelId, consumer, caller, inference }: GateCall): string {
  return GATE.encodeFunctionData(name, [modelId, name === "consume" ? caller : consumer, inference]);
}
