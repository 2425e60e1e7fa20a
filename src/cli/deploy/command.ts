// `assay deploy`: a job's contracts on a chain, each made once.

import type { Wallet } from "ethers";
import { compile } from "../../chain/creations.ts";
import { type DeployRequest, deploy, requireKeysFor } from "../../chain/deploy.ts";
import { createDeployer } from "../../chain/deployer.ts";
import { openBook, pathOf } from "../../chain/deployments.ts";
import { connect, type Endpoint } from "../../chain/endpoint.ts";
import { keyHash } from "../../chain/verifierTemplate.ts";
import { identityOf, registered } from "../../job/configuration.ts";
import * as Job from "../../job/job.ts";
import { AssayError } from "../../lib/errors.ts";
import * as Circuit from "../../prove/circuit.ts";
import * as Configuration from "../../round/configuration.ts";
import type { Environment } from "../environment.ts";
import { createProgress } from "../progress.ts";
import { ensureArtifacts } from "../prover.ts";
import { createAccount } from "./account.ts";

export type DeployOptions = {
  readonly job: string;
  readonly rpcUrl: string;
  /** Directory of the chains' records. */
  readonly deployments: string;
  readonly unsafeDevelopmentKeys: boolean;
};

/** Throws `job.governance`, `job.registration`, and whatever `deploy` does. */
export async function deployCommand(options: DeployOptions, wallet: Wallet, environment: Environment): Promise<void> {
  const { root, signal, clock, closers, out, err } = environment;
  const job = await Job.load(options.job);
  const { governance } = job.spec;
  if (governance === undefined) {
    const hint = "who governs the contracts is chosen before they are made: docs/configuration.md";
    throw new AssayError("job.governance", `got no governance in ${options.job}, want its section\n${hint}`);
  }
  const { configuration, possessions } = registered(job, await Circuit.describe(root, job.spec.circuit));

  const endpoint = await connect(options.rpcUrl);
  closers.add(() => endpoint.provider.destroy());
  const progress = createProgress(clock, err);
  const { verificationKey, manifest } = await ensureArtifacts(job.spec.circuit, { root, signal, progress });
  const request: DeployRequest = {
    ...{ identity: identityOf(job.spec), configuration, possessions, maxAgeEpochs: job.spec.maxAgeEpochs },
    ...{ verificationKey, manifest, governance, authority: governance },
    developmentKeys: options.unsafeDevelopmentKeys ? "any chain" : "local chains",
  };
  requireKeysFor(endpoint.chainId, request);
  if (options.unsafeDevelopmentKeys) {
    progress.say(`${manifest.keys} keys on chain ${endpoint.chainId}: whoever made such keys can forge proofs`);
  }
  const names = ["RoundVerifier", "FeedSet", "Feed", "TimelockController"] as const;
  progress.step("contracts");
  const contracts = await compile({ root, names, verificationKey }, signal);

  const path = pathOf(options.deployments, endpoint.chainId);
  const book = await openBook(path, chainOf(endpoint), configuration.feedSetId, {
    ...{ name: job.spec.name, environment: job.spec.environment, jobId: job.id },
    ...{ circuit: manifest.circuit, keys: manifest.keys, keyHash: keyHash(verificationKey) },
    config: Configuration.digestOf(configuration).toString(),
  });
  closers.add(() => book.close());
  const account = createAccount({ out, err });
  const { provider, chainId } = endpoint;
  const make = createDeployer(
    { wallet: wallet.connect(provider), provider, book, clock, onStage: account.stage },
    signal,
  );
  await deploy(request, { contracts, provider, chainId, make });
  account.end(path);
}

const chainOf = ({ chainId, genesis }: Endpoint) => ({ chainId, genesis });
