// What a feed set is made of: each contract's compiled code and constructor arguments.

import { concat, Interface, toBeHex, ZeroAddress } from "ethers";
import type { Governance } from "../job/governance.ts";
import type { VerificationKey } from "../prove/verificationKey.ts";
import type * as Configuration from "../round/configuration.ts";
import type { Preimage } from "../round/preimage.ts";
import * as State from "../round/state.ts";
import * as Solidity from "./solidity.ts";
import { renderVerifier } from "./verifierTemplate.ts";

export type Creation = { readonly contract: ContractName; readonly args: readonly unknown[] };

const FILES = {
  RoundVerifier: "contracts/generated/RoundVerifier.sol",
  FeedSet: "contracts/feed/FeedSet.sol",
  Feed: "contracts/feed/Feed.sol",
  PriceConsumer: "contracts/examples/PriceConsumer.sol",
  ModelRegistry: "contracts/inference/ModelRegistry.sol",
  InferenceGate: "contracts/inference/InferenceGate.sol",
  ModelVerifier: "contracts/generated/ModelVerifier.sol",
  TimelockController: "@openzeppelin/contracts/governance/TimelockController.sol",
} as const;
export type ContractName = keyof typeof FILES;

const MODEL_VERIFIER = { contractName: "ModelVerifier", base: "StatementVerifier" } as const;

export type CompileRequest = {
  /** Project root. */
  readonly root: string;
  readonly names: readonly ContractName[];
  /** Of RoundVerifier, or of ModelVerifier. */
  readonly verificationKey?: VerificationKey;
};

export async function compile(request: CompileRequest, signal: AbortSignal): Promise<Solidity.Contracts> {
  const { root, names, verificationKey } = request;
  const entries = Object.fromEntries(names.map((name) => [name, FILES[name]]));
  const generated =
    verificationKey === undefined
      ? {}
      : {
          [FILES.RoundVerifier]: renderVerifier(verificationKey, { contractName: "RoundVerifier" }),
          [FILES.ModelVerifier]: renderVerifier(verificationKey, MODEL_VERIFIER),
        };
  return await Solidity.compile({ root, entries, generated }, signal);
}

/** What a transaction carries to make the contract. */
export function initCode(contracts: Solidity.Contracts, { contract, args }: Creation): string {
  const { abi, bytecode } = Solidity.get(contracts, contract);
  return concat([bytecode, new Interface(abi).encodeDeploy(args)]);
}

export const verifier = (): Creation => ({ contract: "RoundVerifier", args: [] });

export const modelVerifier = (): Creation => ({ contract: "ModelVerifier", args: [] });

export const modelRegistry = (): Creation => ({ contract: "ModelRegistry", args: [] });

export const inferenceGate = (registry: string): Creation => ({ contract: "InferenceGate", args: [registry] });

/** Nobody but the timelock itself changes who is who in it. */
export function timelock({ delaySeconds, proposers, executors }: TimelockSettings): Creation {
  return { contract: "TimelockController", args: [delaySeconds, proposers, executors, ZeroAddress] };
}

export type TimelockSettings = Pick<Governance, "delaySeconds" | "proposers" | "executors">;

export type FeedSetSettings = {
  readonly identity: Configuration.Identity;
  readonly config: bigint;
  readonly preimage: Preimage;
  /** Feeds of the circuit. */
  readonly capacity: number;
  readonly maxAgeEpochs: number;
  /** Rounds that the set keeps; older ones are overwritten. */
  readonly history: number;
  readonly verifier: string;
  readonly admin: string;
  readonly adminDelaySeconds: number;
  readonly guardian: string | undefined;
};

export function feedSet(settings: FeedSetSettings): Creation {
  const { identity, config, preimage, capacity, maxAgeEpochs, history } = settings;
  const { environment, name, salt, periodSeconds, feeds } = identity;
  const params = {
    identity: { environment, name, salt: toBeHex(salt, 32) },
    config,
    preimage,
    genesisState: State.digestOf(State.genesis(capacity)),
    capacity,
    period: periodSeconds,
    maxAge: maxAgeEpochs,
    history,
    feeds: feeds.map(({ pair, decimals }) => ({ description: pair, decimals })),
    verifier: settings.verifier,
    admin: settings.admin,
    adminDelay: settings.adminDelaySeconds,
    guardian: settings.guardian ?? ZeroAddress,
  };
  return { contract: "FeedSet", args: [params] };
}

export type FeedSettings = {
  readonly feedSet: string;
  readonly index: number;
  readonly bounds: Governance["feed"];
  readonly owner: string;
};

export function feed({ feedSet: set, index, bounds, owner }: FeedSettings): Creation {
  const { tolerancePpm, confirmDelaySeconds, overrideDelaySeconds } = bounds;
  return { contract: "Feed", args: [set, index, tolerancePpm, confirmDelaySeconds, overrideDelaySeconds, owner] };
}

/** The example. */
export const consumer = (feedAddress: string, maxAgeSeconds: number): Creation => ({
  contract: "PriceConsumer",
  args: [feedAddress, maxAgeSeconds],
});
