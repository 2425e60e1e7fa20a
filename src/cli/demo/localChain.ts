// A chain of the demo's own, with its feed set, feeds and example consumer deployed.

import { join } from "node:path";
import { JsonRpcProvider, Wallet } from "ethers";
import { startAnvil } from "../../chain/anvil.ts";
import { type Deployed, deployLocally, type LocalRequest } from "../../chain/deployLocally.ts";
import { createFeedReader, type FeedReader } from "../../chain/feedReader.ts";
import { createFeedSetClient, type FeedSetClient } from "../../chain/feedSetClient.ts";
import * as Solidity from "../../chain/solidity.ts";
import { writeWhole } from "../../lib/file.ts";
import type { Closers } from "../shutdown.ts";

export type LocalChainOptions = Omit<LocalRequest, "wallet" | "provider" | "history" | "consumerMaxAgeSeconds"> & {
  readonly closers: Closers;
  /** Genesis time, unix seconds, from which blocks are a second apart; the present and real time without it. */
  readonly genesisSeconds?: number;
};

export type LocalChain = {
  readonly deployment: Deployed["deployment"];
  readonly feedSet: FeedSetClient;
  readonly reader: FeedReader;
  /** Mines a block at this time, so that the chain's clock follows the demo's. */
  readonly moveTo: (seconds: number) => Promise<void>;
};

/** Rounds that the set keeps. Up to 64 no carried answer is ever lost. */
const HISTORY = 64;
const CONSUMER_MAX_AGE_SECONDS = 3 * 3600;
const POLLING_MS = 100;

/** Records the addresses in .assay/deployments. */
export async function startLocalChain(options: LocalChainOptions, signal: AbortSignal): Promise<LocalChain> {
  const { closers, genesisSeconds, ...request } = options;
  const { root } = request;
  const anvil = await startAnvil(genesisSeconds === undefined ? { root } : { root, timestamp: genesisSeconds }, signal);
  closers.add(() => anvil.close());
  // One chain for one run: nothing is batched, cached or waited for longer than a local answer takes.
  const settings = { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1 };
  const provider = new JsonRpcProvider(anvil.url, undefined, settings);
  provider.pollingInterval = POLLING_MS;
  closers.add(() => provider.destroy());
  const wallet = new Wallet(anvil.funded.deployer, provider);
  if (genesisSeconds !== undefined) await provider.send("anvil_setBlockTimestampInterval", [1]);

  const { deployment, contracts } = await deployLocally(
    { ...request, wallet, provider, history: HISTORY, consumerMaxAgeSeconds: CONSUMER_MAX_AGE_SECONDS },
    signal,
  );
  const path = join(root, ".assay", "deployments", `${deployment.chainId}.json`);
  await writeWhole(path, `${JSON.stringify(deployment, undefined, 2)}\n`);
  const { abi } = Solidity.get(contracts, "FeedSet");
  return {
    deployment,
    feedSet: createFeedSetClient({ address: deployment.feedSet, abi, wallet }),
    reader: createFeedReader({ deployment, contracts, provider }),
    moveTo: async (seconds) => {
      await provider.send("evm_mine", [{ timestamp: seconds }]);
    },
  };
}
