// Puts a feed set on a chain: timelock, verifier, set, one Feed a series, in this order. Each is made once (deployer.ts).

import type { JsonRpcApiProvider } from "ethers";
import type { Governance } from "../job/governance.ts";
import { AssayError } from "../lib/errors.ts";
import { differs, type Finding } from "../lib/finding.ts";
import type * as Key from "../observation/key.ts";
import type { Manifest } from "../prove/artifactManifest.ts";
import type { VerificationKey } from "../prove/verificationKey.ts";
import * as Configuration from "../round/configuration.ts";
import * as Preimage from "../round/preimage.ts";
import * as Agreement from "./agreement.ts";
import { LOCAL_CHAIN } from "./anvil.ts";
import { type ContractReader, createContractReader } from "./contractReader.ts";
import * as Creations from "./creations.ts";
import type { Make } from "./deployer.ts";
import type { Making } from "./deployments.ts";
import * as Solidity from "./solidity.ts";
import { keyHash } from "./verifierTemplate.ts";

export type DeployRequest = {
  readonly identity: Configuration.Identity;
  readonly configuration: Configuration.Configuration;
  /** By slot: that the reporters hold their keys. */
  readonly possessions: readonly Key.Signature[];
  readonly maxAgeEpochs: number;
  readonly verificationKey: VerificationKey;
  readonly manifest: Pick<Manifest, "keys" | "circuit">;
  readonly governance: Pick<Governance, "adminDelaySeconds" | "guardian" | "feed" | "history">;
  /** Admin of the set and owner of its feeds: a timelock of its own, or an account that is there. */
  readonly authority: Creations.TimelockSettings | { readonly account: string };
  /** Consumers' staleness bound in an example consumer of the first feed; none is made without it. */
  readonly consumerMaxAgeSeconds?: number;
  /** Where development keys may go: whoever made them can forge proofs. */
  readonly developmentKeys: "local chains" | "any chain";
};

export type Deployment = {
  readonly chainId: number;
  readonly circuit: string;
  readonly keys: Manifest["keys"];
  readonly keyHash: string;
  readonly config: string;
  readonly timelock?: string;
  readonly verifier: string;
  readonly feedSet: string;
  /** By pair. */
  readonly feeds: Readonly<Record<string, string>>;
  readonly consumer?: string;
};

export type DeployTools = {
  readonly contracts: Solidity.Contracts;
  readonly provider: JsonRpcApiProvider;
  readonly chainId: number;
  readonly make: Make;
};

/** Names of a set's contracts in its record. */
export const NAMES = { timelock: "timelock", verifier: "verifier", feedSet: "feedSet", consumer: "consumer" } as const;
export const feedName = (pair: string): string => `feed ${pair}`;

/** Throws `chain.developmentKeys` where such keys must not go. */
export function requireKeysFor(chainId: number, { manifest, developmentKeys }: KeysFor): void {
  if (manifest.keys !== "development" || developmentKeys === "any chain" || chainId === LOCAL_CHAIN) return;
  throw new AssayError(
    "chain.developmentKeys",
    `got ${manifest.keys} keys for chain ${chainId}, want a local chain (${LOCAL_CHAIN}): whoever made such keys can forge proofs`,
  );
}
type KeysFor = Pick<DeployRequest, "manifest" | "developmentKeys">;

/** What is there already is not made again. Throws like `requireKeysFor` and like `tools.make`. */
export async function deploy(request: DeployRequest, tools: DeployTools): Promise<Deployment> {
  const { identity, configuration, possessions, verificationKey, manifest, governance, authority } = request;
  requireKeysFor(tools.chainId, request);
  const put = async (name: string, creation: Creations.Creation, findings: Look): Promise<string> => {
    const initCode = Creations.initCode(tools.contracts, creation);
    const { abi } = Solidity.get(tools.contracts, creation.contract);
    return await tools.make(name, {
      initCode,
      look: (making) => look(making, { initCode, abi, findings }, tools),
    });
  };

  const timelock =
    "account" in authority
      ? undefined
      : await put(NAMES.timelock, Creations.timelock(authority), (lock) => Agreement.timelockFindings(lock, authority));
  const admin = "account" in authority ? authority.account : String(timelock);
  const verifier = await put(NAMES.verifier, Creations.verifier(), (made) =>
    Agreement.verifierFindings(made, keyHash(verificationKey)),
  );
  const config = Configuration.digestOf(configuration);
  const settings: Creations.FeedSetSettings = {
    ...{ identity, config, verifier, admin, maxAgeEpochs: request.maxAgeEpochs },
    preimage: Preimage.of(configuration, possessions),
    capacity: configuration.capacity.feeds,
    history: governance.history,
    adminDelaySeconds: governance.adminDelaySeconds,
    guardian: governance.guardian,
  };
  const feedSet = await put(NAMES.feedSet, Creations.feedSet(settings), (set) =>
    Agreement.feedSetFindings(set, settings),
  );
  const feeds: Record<string, string> = {};
  for (const [index, { pair }] of identity.feeds.entries()) {
    const feed: Creations.FeedSettings = { feedSet, index, bounds: governance.feed, owner: admin };
    feeds[pair] = await put(feedName(pair), Creations.feed(feed), (made) => Agreement.feedFindings(made, feed));
  }
  const [first] = Object.values(feeds);
  const { consumerMaxAgeSeconds: maxAge } = request;
  const consumer =
    maxAge === undefined || first === undefined
      ? undefined
      : await put(NAMES.consumer, Creations.consumer(first, maxAge), async () => []);
  return {
    ...{ chainId: tools.chainId, circuit: manifest.circuit, keys: manifest.keys, keyHash: keyHash(verificationKey) },
    ...{ config: config.toString(), verifier, feedSet, feeds },
    ...(timelock === undefined ? {} : { timelock }),
    ...(consumer === undefined ? {} : { consumer }),
  };
}

type Look = (made: ContractReader) => Promise<readonly Finding[]>;
type Looked = { initCode: string; abi: Solidity.Contract["abi"]; findings: Look };

/** A contract that is quite another one has not even the functions that are asked. */
async function look({ address, sinceBlock }: Making, { initCode, abi, findings }: Looked, { provider }: DeployTools) {
  const code = await Agreement.codeFinding(provider, address, initCode);
  const moment = { provider, block: await provider.getBlockNumber(), fromBlock: sinceBlock };
  try {
    return [...(await findings(createContractReader(address, abi, moment))), code];
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== "chain.answer") throw error;
    return [code, differs("functions", error.message)];
  }
}
