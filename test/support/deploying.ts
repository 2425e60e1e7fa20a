// A deployment in this process, as `assay deploy` makes it, so that a test can stop it at any stage and look at it then.

import { join } from "node:path";
import { JsonRpcProvider, Wallet } from "ethers";
import { type Anvil, type AnvilOptions, startAnvil } from "../../src/chain/anvil.ts";
import { compile } from "../../src/chain/creations.ts";
import { type Deployment, type DeployRequest, deploy } from "../../src/chain/deploy.ts";
import { createDeployer } from "../../src/chain/deployer.ts";
import { openBook, pathOf } from "../../src/chain/deployments.ts";
import type { Stage } from "../../src/chain/making.ts";
import type * as Solidity from "../../src/chain/solidity.ts";
import { keyHash } from "../../src/chain/verifierTemplate.ts";
import { identityOf, registered } from "../../src/job/configuration.ts";
import * as Job from "../../src/job/job.ts";
import { systemClock } from "../../src/lib/clock.ts";
import * as Artifacts from "../../src/prove/artifacts.ts";
import * as Circuit from "../../src/prove/circuit.ts";
import * as Configuration from "../../src/round/configuration.ts";
import { ACCOUNTS } from "./deployableJob.ts";

const root = join(import.meta.dirname, "../..");

export type Chain = { readonly anvil: Anvil; readonly provider: JsonRpcProvider; readonly close: () => Promise<void> };

export async function startChain(options: Omit<AnvilOptions, "root"> = {}): Promise<Chain> {
  const anvil = await startAnvil({ root, ...options }, new AbortController().signal);
  const provider = new JsonRpcProvider(anvil.url, undefined, {
    staticNetwork: true,
    batchMaxCount: 1,
    cacheTimeout: -1,
  });
  const close = async (): Promise<void> => {
    provider.destroy();
    await anvil.close();
  };
  return { anvil, provider, close };
}

export type Prepared = { readonly request: DeployRequest; readonly contracts: Solidity.Contracts };

/** The part of a deployment that asks no chain. */
export async function prepare(value: unknown): Promise<Prepared> {
  const job = Job.parse(value, root);
  const { governance, circuit, maxAgeEpochs } = job.spec;
  if (governance === undefined) throw new TypeError("got a job without governance");
  const described = await Circuit.describe(root, circuit);
  const { verificationKey, manifest } = await Artifacts.load(circuit, { root });
  const names = ["RoundVerifier", "FeedSet", "Feed", "TimelockController"] as const;
  const contracts = await compile({ root, names, verificationKey }, new AbortController().signal);
  const request: DeployRequest = {
    ...{ identity: identityOf(job.spec), maxAgeEpochs, verificationKey, manifest, governance, authority: governance },
    ...registered(job, described),
    developmentKeys: "local chains",
  };
  return { request, contracts };
}

export type Run = {
  /** Where records are. */
  readonly directory: string;
  readonly onStage?: (at: string, stage: Stage) => Promise<void> | void;
  readonly key?: string;
};

/** Throws what `onStage` throws, as a process that ends there: nothing more is done. */
export async function runDeployment(
  { request, contracts }: Prepared,
  { provider }: Chain,
  { directory, onStage, key = ACCOUNTS.deployerKey }: Run,
): Promise<Deployment> {
  const chainId = Number((await provider.getNetwork()).chainId);
  const genesis = String((await provider.getBlock(0))?.hash);
  const about = {
    ...{ name: request.identity.name, environment: request.identity.environment, jobId: `0x${"0".repeat(64)}` },
    ...{ circuit: request.manifest.circuit, keys: request.manifest.keys, keyHash: keyHash(request.verificationKey) },
    config: Configuration.digestOf(request.configuration).toString(),
  };
  const { feedSetId } = request.configuration;
  const book = await openBook(pathOf(directory, chainId), { chainId, genesis }, feedSetId, about);
  try {
    const wallet = new Wallet(key, provider);
    const told = onStage === undefined ? {} : { onStage };
    const make = createDeployer({ wallet, provider, book, clock: systemClock, ...told }, new AbortController().signal);
    return await deploy(request, { contracts, provider, chainId, make });
  } finally {
    book.close();
  }
}
