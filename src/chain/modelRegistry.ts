// A ModelRegistry on a chain: what it says of a model, and how a model gets into it.

import {
  AbiCoder,
  type ContractTransactionResponse,
  Contract as EthersContract,
  type InterfaceAbi,
  keccak256,
  type Wallet,
  ZeroHash,
} from "ethers";
import { AssayError } from "../lib/errors.ts";
import { compare, differences } from "../lib/finding.ts";
import type { ContractReader } from "./contractReader.ts";
import { mined, refusal } from "./transaction.ts";

/** 32 bytes each, zero where the registrar does not say. */
export type Provenance = {
  readonly modelFile: string;
  readonly trainingData: string;
  readonly trainingConfig: string;
  readonly metrics: string;
  readonly licence: string;
};

/** IModelRegistry.Registration. */
export type Registration = {
  readonly model: bigint;
  readonly verifier: string;
  readonly inputElements: bigint;
  readonly outputWords: bigint;
  readonly outputStride: bigint;
  /** Id of the version before, or zero. */
  readonly parent: string;
  readonly provenance: Provenance;
};

export type RegisteredEntry = {
  readonly registration: Registration;
  readonly keyHash: string;
  readonly registrar: string;
  readonly registeredAt: bigint;
};

export type Registered = {
  readonly id: string;
  /** Undefined where it was registered already. */
  readonly txHash: string | undefined;
};

/** What register() makes of it. Mirrors ModelRegistry.idOf. */
export function idOf(registrar: string, { verifier, model }: Pick<Registration, "verifier" | "model">): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["address", "address", "uint256"], [registrar, verifier, model]));
}

/** Throws `chain.answer` for an id that is not registered, or an address that is no registry. */
export async function readEntry(registry: ContractReader, id: string): Promise<RegisteredEntry> {
  // `as`: the type of the contract's function.
  const entry = (await registry.call("modelOf", id)) as RegisteredEntry;
  const { model, verifier, inputElements, outputWords, outputStride, parent, provenance } = entry.registration;
  const { modelFile, trainingData, trainingConfig, metrics, licence } = provenance;
  return {
    registration: {
      ...{ model, verifier, inputElements, outputWords, outputStride, parent },
      provenance: { modelFile, trainingData, trainingConfig, metrics, licence },
    },
    ...{ keyHash: entry.keyHash, registrar: entry.registrar, registeredAt: entry.registeredAt },
  };
}

export type RegistryOptions = {
  readonly address: string;
  readonly abi: InterfaceAbi;
  readonly wallet: Wallet;
  /** Reads at the newest block. */
  readonly readerNow: () => Promise<ContractReader>;
};

/**
 * Registers a model in the wallet's name, once: one that is there is looked at and kept. Throws `deploy.differs` where it
 * was registered with something else, `deploy.parent`, `chain.refused`, `chain.pending`.
 */
export async function register(
  registration: Registration,
  { address, abi, wallet, readerNow }: RegistryOptions,
  signal: AbortSignal,
): Promise<Registered> {
  const id = idOf(wallet.address, registration);
  const reader = await readerNow();
  if ((await reader.call("isRegistered", id)) === true) {
    const found = differencesOf((await readEntry(reader, id)).registration, registration);
    if (found.length > 0) throw registeredOtherwise(id, found);
    return { id, txHash: undefined };
  }
  await requireParent(reader, registration.parent);
  signal.throwIfAborted();
  const contract = new EthersContract(address, abi, wallet);
  // `as`: a state-changing function's call gives a transaction.
  const sent = (await contract
    .getFunction("register")(registration)
    .catch((cause: unknown) => {
      throw refusal(contract.interface, cause);
    })) as ContractTransactionResponse;
  const { hash } = await mined(sent, signal);
  return { id, txHash: hash };
}

/** Zero is none. Throws `deploy.parent` for one that is not registered. */
export async function requireParent(registry: Pick<ContractReader, "call">, parent: string): Promise<void> {
  if (parent === ZeroHash || (await registry.call("isRegistered", parent)) === true) return;
  throw new AssayError("deploy.parent", `got the parent ${parent}, want one that is registered`);
}

function differencesOf(got: Registration, want: Registration): readonly string[] {
  const { provenance, ...rest } = want;
  const same = (value: string | bigint): string => value.toString().toLowerCase();
  return differences([
    ...Object.entries(rest).map(([name, value]) => compare(name, same(got[name as keyof typeof rest]), same(value))),
    ...Object.entries(provenance).map(([name, value]) =>
      compare(`provenance.${name}`, same(got.provenance[name as keyof Provenance]), same(value)),
    ),
  ]);
}

function registeredOtherwise(id: string, found: readonly string[]): AssayError {
  const lines = found.map((line) => `  ${line}`).join("\n");
  const hint = "an entry stays as it is: a new version has other parameters, or another registrar";
  const message = `got model ${id} registered with something else\n${lines}\n${hint}`;
  return new AssayError("deploy.differs", message, { data: { id, differences: found } });
}
