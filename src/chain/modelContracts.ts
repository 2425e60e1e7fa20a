// Puts what models need on a chain: registry and gate, and a verifier for each circuit's key. Each is made once (deployer.ts).

import type { JsonRpcApiProvider } from "ethers";
import { codeFinding } from "./agreement.ts";
import * as Creations from "./creations.ts";
import type { Make } from "./deployer.ts";
import { NAMES, verifierName } from "./modelRecord.ts";
import type * as Solidity from "./solidity.ts";

export type ModelTools = {
  readonly contracts: Solidity.Contracts;
  readonly provider: JsonRpcApiProvider;
  readonly make: Make;
};

export async function deployRegistryAndGate(tools: ModelTools): Promise<{ registry: string; gate: string }> {
  const registry = await put(NAMES.registry, Creations.modelRegistry(), tools);
  const gate = await put(NAMES.gate, Creations.inferenceGate(registry), tools);
  return { registry, gate };
}

/** `contracts` were compiled with the key. Where development keys may go is the caller's to see: `requireKeysFor`. */
export async function deployVerifier(keyHash: string, tools: ModelTools): Promise<string> {
  return await put(verifierName(keyHash), Creations.modelVerifier(), tools);
}

/** All that these contracts are is in their code: key and registry are constants of it. */
function put(name: string, creation: Creations.Creation, { contracts, provider, make }: ModelTools): Promise<string> {
  const initCode = Creations.initCode(contracts, creation);
  return make(name, { initCode, look: async ({ address }) => [await codeFinding(provider, address, initCode)] });
}
