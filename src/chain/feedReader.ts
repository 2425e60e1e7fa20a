// Reads feeds as a consumer does: through AggregatorV3Interface, and through the example consumer contract.

import { Contract as EthersContract, type Provider } from "ethers";
import { AssayError } from "../lib/errors.ts";
import type { Deployed } from "./deployLocally.ts";
import * as Solidity from "./solidity.ts";

/** `latestRoundData()`. Round ids carry the phase in their upper bits; times are unix seconds. */
export type RoundData = {
  readonly roundId: bigint;
  readonly answer: bigint;
  readonly startedAt: bigint;
  readonly updatedAt: bigint;
  readonly answeredInRound: bigint;
};

export type FeedReader = {
  readonly latestRoundData: (pair: string) => Promise<RoundData>;
  /** What the example consumer contract makes of the first feed. */
  readonly consumerPrice: () => Promise<{ readonly answer: bigint; readonly updatedAt: bigint }>;
};

export type FeedReaderOptions = {
  readonly deployment: Deployed["deployment"];
  readonly contracts: Solidity.Contracts;
  readonly provider: Provider;
};

export function createFeedReader({ deployment, contracts, provider }: FeedReaderOptions): FeedReader {
  const at = (name: string, address: string | undefined): EthersContract => {
    if (address === undefined) throw new AssayError("chain.contract", `got no address of ${name}`);
    return new EthersContract(address, Solidity.get(contracts, name).abi, provider);
  };
  return {
    latestRoundData: async (pair) => {
      const data = await at("Feed", deployment.feeds[pair]).getFunction("latestRoundData")();
      const [roundId, answer, startedAt, updatedAt, answeredInRound] = data as bigint[] as [
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
      ];
      return { roundId, answer, startedAt, updatedAt, answeredInRound };
    },
    consumerPrice: async () => {
      const [answer, updatedAt] = (await at("PriceConsumer", deployment.consumer).getFunction("price")()) as [
        bigint,
        bigint,
      ];
      return { answer, updatedAt };
    },
  };
}
