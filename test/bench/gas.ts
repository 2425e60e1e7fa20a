// Gas of an update of 1, 4 and 20 feeds: whole transactions with real proofs, in the steady state (no slot written for
// the first time, every feed OK).

import { join } from "node:path";
import { JsonRpcProvider, Wallet } from "ethers";
import { startAnvil } from "../../src/chain/anvil.ts";
import { deployLocally } from "../../src/chain/deployLocally.ts";
import { createFeedSetClient } from "../../src/chain/feedSetClient.ts";
import * as Solidity from "../../src/chain/solidity.ts";
import { submissionOf } from "../../src/chain/submission.ts";
import { systemClock } from "../../src/lib/clock.ts";
import * as Artifacts from "../../src/prove/artifacts.ts";
import * as Circuit from "../../src/prove/circuit.ts";
import { createSnarkjsProver } from "../../src/prove/snarkjsProver.ts";
import * as Round from "../../src/round/round.ts";
import * as State from "../../src/round/state.ts";
import { createFeeds, makeRound } from "../support/rounds.ts";

const root = join(import.meta.dirname, "../..");
const CASES = [
  { feeds: 1, circuit: "round-4x4" },
  { feeds: 4, circuit: "round-4x4" },
  { feeds: 20, circuit: "round-8x20" },
] as const;
/** Smallest ring: from the third round on every slot has been written before. */
const HISTORY = 2;
const ROUNDS = 4;
const FIRST_EPOCH = 29_000_000;

export async function benchGas(say: (line: string) => void) {
  const signal = new AbortController().signal;
  const update: Record<string, number> = {};
  for (const { feeds: feedCount, circuit } of CASES) {
    const artifacts = await Artifacts.ensure(circuit, { root });
    const { capacity } = await Circuit.describe(root, circuit);
    const quorum = capacity.reporters === 4 ? 3 : 5;
    const feeds = createFeeds("gas", { capacity, feedCount, minSigners: quorum, quorum });
    const prover = createSnarkjsProver(artifacts);
    const anvil = await startAnvil({ root, timestamp: FIRST_EPOCH * 60 - 600 }, signal);
    const provider = new JsonRpcProvider(anvil.url, undefined, {
      staticNetwork: true,
      batchMaxCount: 1,
      cacheTimeout: -1,
    });
    try {
      await provider.send("anvil_setBlockTimestampInterval", [1]);
      const wallet = new Wallet(anvil.funded.deployer, provider);
      const { deployment, contracts } = await deployLocally(
        {
          root,
          wallet,
          provider,
          clock: systemClock,
          ...feeds,
          maxAgeEpochs: 2,
          verificationKey: artifacts.verificationKey,
          manifest: artifacts.manifest,
          history: HISTORY,
          consumerMaxAgeSeconds: 3600,
        },
        signal,
      );
      const abi = Solidity.get(contracts, "FeedSet").abi;
      const client = createFeedSetClient({ address: deployment.feedSet, abi, wallet });
      let state = State.genesis(capacity.feeds);
      for (let index = 0; index < ROUNDS; index++) {
        const epoch = FIRST_EPOCH + index;
        const { input, round } = makeRound(feeds, { state, epoch });
        const proven = await prover.prove(Round.circuitInput(input, round.statement.challenge));
        await provider.send("evm_mine", [{ timestamp: epoch * 60 + 10 }]);
        const receipt = await client.submit(submissionOf(round, proven), signal);
        update[feedCount] = Number(receipt.gasUsed);
        state = round.next;
      }
      const gas = update[feedCount] ?? 0;
      say(`gas of an update of ${feedCount} feeds (${circuit}): ${gas}, ${Math.round(gas / feedCount)} a feed`);
    } finally {
      provider.destroy();
      await anvil.close();
      await prover.close();
    }
  }
  return { update };
}
