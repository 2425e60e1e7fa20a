// A feed set on a chain of one's own: everything anew, the deployer as admin, nothing to go on from.

import type { JsonRpcApiProvider, Wallet } from "ethers";
import { Governance } from "../job/governance.ts";
import type { Clock } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import { compile } from "./creations.ts";
import { type Deployment, type DeployRequest, deploy, requireKeysFor } from "./deploy.ts";
import { createDeployer } from "./deployer.ts";
import { createBook } from "./deployments.ts";
import type * as Solidity from "./solidity.ts";

export type LocalRequest = Pick<
  DeployRequest,
  "identity" | "configuration" | "possessions" | "maxAgeEpochs" | "verificationKey" | "manifest"
> & {
  /** Project root. */
  readonly root: string;
  readonly wallet: Wallet;
  readonly provider: JsonRpcApiProvider;
  readonly clock: Clock;
  readonly history: number;
  /** Consumers' staleness bound in the example consumer. */
  readonly consumerMaxAgeSeconds: number;
};

export type Deployed = {
  readonly deployment: Deployment & { readonly consumer: string };
  readonly contracts: Solidity.Contracts;
};

/** Throws `chain.developmentKeys` on any chain but a local one. */
export async function deployLocally(request: LocalRequest, signal: AbortSignal): Promise<Deployed> {
  const { root, wallet, provider, clock, history, verificationKey, ...rest } = request;
  const { guardian: _, ...governance } = Governance.parse({ proposers: [wallet.address], executors: [wallet.address] });
  const chainId = Number((await provider.getNetwork()).chainId);
  const asked: DeployRequest = {
    ...rest,
    verificationKey,
    governance: { ...governance, history, guardian: wallet.address },
    authority: { account: wallet.address },
    developmentKeys: "local chains",
  };
  requireKeysFor(chainId, asked);
  const names = ["RoundVerifier", "FeedSet", "Feed", "PriceConsumer"] as const;
  const contracts = await compile({ root, names, verificationKey }, signal);
  const book = createBook({}, {}, async () => undefined);
  const make = createDeployer({ wallet, provider, book, clock }, signal);
  const deployment = await deploy(asked, { contracts, provider, chainId, make });
  const { consumer } = deployment;
  if (consumer === undefined) throw new AssayError("chain.contract", "got no example consumer, want one");
  return { deployment: { ...deployment, consumer }, contracts };
}
