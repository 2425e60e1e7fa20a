// Puts a feed set on a chain: verifier, set, one Feed a series; and records where.

import { ContractFactory, toBeHex, type Wallet } from "ethers";
import { AssayError } from "../lib/errors.ts";
import { writeWhole } from "../lib/file.ts";
import { encodeParameters } from "../model/hampelChart.ts";
import type * as Key from "../observation/key.ts";
import type { Manifest } from "../prove/artifactManifest.ts";
import type { VerificationKey } from "../prove/verificationKey.ts";
import * as Configuration from "../round/configuration.ts";
import * as State from "../round/state.ts";
import * as Solidity from "./solidity.ts";
import { keyHash, renderVerifier } from "./verifierTemplate.ts";

export type DeployRequest = {
  readonly root: string;
  readonly wallet: Wallet;
  readonly identity: Configuration.Identity;
  readonly configuration: Configuration.Configuration;
  /** By slot: that the reporters hold their keys. */
  readonly possessions: readonly Key.Signature[];
  readonly maxAgeEpochs: number;
  readonly verificationKey: VerificationKey;
  readonly manifest: Manifest;
  /** Rounds that the set keeps; older ones are overwritten. */
  readonly history: number;
  /** Consumers' staleness bound in the example consumer. */
  readonly consumerMaxAgeSeconds: number;
};

export type Deployment = {
  readonly chainId: number;
  readonly circuit: string;
  readonly keys: Manifest["keys"];
  readonly keyHash: string;
  readonly config: string;
  readonly verifier: string;
  readonly feedSet: string;
  /** By pair. */
  readonly feeds: Readonly<Record<string, string>>;
  /** The example consumer of the first feed. */
  readonly consumer: string;
};

export type Deployed = { readonly deployment: Deployment; readonly contracts: Solidity.Contracts };

/** A new phase's answer may differ by this much from the old one's. */
const PHASE_TOLERANCE_PPM = 20_000;
const PHASE_CONFIRM_SECONDS = 24 * 3600;
const PHASE_OVERRIDE_SECONDS = 7 * 24 * 3600;
/** Between the two steps of a change of a set's admin. */
const ADMIN_DELAY_SECONDS = 24 * 3600;
const LOCAL_CHAIN = 31337;

/** Deploys everything anew. Development keys are refused with `chain.developmentKeys` on any chain but a local one. */
export async function deploy(request: DeployRequest, signal: AbortSignal): Promise<Deployed> {
  const { root, wallet, identity, configuration, verificationKey, manifest } = request;
  const chainId = Number((await provider(wallet).getNetwork()).chainId);
  if (chainId !== LOCAL_CHAIN) {
    throw new AssayError(
      "chain.developmentKeys",
      `got ${manifest.keys} keys for chain ${chainId}, want a local chain (${LOCAL_CHAIN}): whoever made such keys can forge proofs`,
    );
  }
  const contracts = await Solidity.compile(sources(root, verificationKey), signal);
  const create = deployer(contracts, wallet, signal);

  const verifier = await create("RoundVerifier", []);
  const config = Configuration.digestOf(configuration);
  const feedSet = await create("FeedSet", [
    {
      identity: {
        environment: identity.environment,
        name: identity.name,
        salt: toBeHex(identity.salt, 32),
      },
      config,
      preimage: preimage(configuration, request.possessions),
      genesisState: State.digestOf(State.genesis(configuration.capacity.feeds)),
      capacity: configuration.capacity.feeds,
      period: identity.periodSeconds,
      maxAge: request.maxAgeEpochs,
      history: request.history,
      feeds: identity.feeds.map(({ pair, decimals }) => ({ description: pair, decimals })),
      verifier,
      admin: wallet.address,
      adminDelay: ADMIN_DELAY_SECONDS,
      guardian: wallet.address,
    },
  ]);
  const feeds: Record<string, string> = {};
  for (const [index, { pair }] of identity.feeds.entries()) {
    feeds[pair] = await create("Feed", [
      feedSet,
      index,
      PHASE_TOLERANCE_PPM,
      PHASE_CONFIRM_SECONDS,
      PHASE_OVERRIDE_SECONDS,
      wallet.address,
    ]);
  }
  const first = identity.feeds[0] === undefined ? undefined : feeds[identity.feeds[0].pair];
  const consumer = await create("PriceConsumer", [first, request.consumerMaxAgeSeconds]);
  const deployment: Deployment = {
    chainId,
    circuit: manifest.circuit,
    keys: manifest.keys,
    keyHash: keyHash(verificationKey),
    config: config.toString(),
    verifier,
    feedSet,
    feeds,
    consumer,
  };
  return { deployment, contracts };
}

/** Writes the addresses whole or not at all. */
export async function record(deployment: Deployment, path: string): Promise<void> {
  await writeWhole(path, `${JSON.stringify(deployment, undefined, 2)}\n`);
}

function sources(root: string, verificationKey: VerificationKey) {
  const verifierPath = "contracts/generated/RoundVerifier.sol";
  return {
    root,
    entries: {
      RoundVerifier: verifierPath,
      FeedSet: "contracts/feed/FeedSet.sol",
      Feed: "contracts/feed/Feed.sol",
      PriceConsumer: "contracts/examples/PriceConsumer.sol",
    },
    generated: { [verifierPath]: renderVerifier(verificationKey, { contractName: "RoundVerifier" }) },
  };
}

function deployer(contracts: Solidity.Contracts, wallet: Wallet, signal: AbortSignal) {
  return async (name: string, args: readonly unknown[]): Promise<string> => {
    signal.throwIfAborted();
    const { abi, bytecode } = Solidity.get(contracts, name);
    const deployed = await new ContractFactory(abi, bytecode, wallet).deploy(...args);
    await deployed.waitForDeployment();
    return await deployed.getAddress();
  };
}

/** The configuration in clear, as FeedSet.ConfigPreimage. */
function preimage(configuration: Configuration.Configuration, possessions: readonly Key.Signature[]) {
  return {
    feedSetId: configuration.feedSetId,
    reporterCount: configuration.keys.length,
    feedCount: configuration.feedCount,
    minSigners: configuration.minSigners,
    quorum: configuration.quorum,
    keys: Configuration.paddedKeys(configuration),
    possessions: possessions.map(({ r8, s }) => [...r8, s]),
    model: encodeParameters(configuration.parameters),
  };
}

function provider(wallet: Wallet) {
  if (wallet.provider === null) throw new AssayError("chain.provider", "got a wallet without a provider");
  return wallet.provider;
}
