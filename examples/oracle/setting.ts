// Price feeds of round-4x4-learned on a local chain, and the market that reads them: four reporters, three series.

import { join } from "node:path";
import { Contract, Wallet } from "ethers";
import { deployLocally } from "../../src/chain/deployLocally.ts";
import * as Solidity from "../../src/chain/solidity.ts";
import { type Submission, submissionOf } from "../../src/chain/submission.ts";
import { systemClock } from "../../src/lib/clock.ts";
import * as Artifacts from "../../src/prove/artifacts.ts";
import * as Circuit from "../../src/prove/circuit.ts";
import type { Proven } from "../../src/prove/prover.ts";
import { createSnarkjsProver } from "../../src/prove/snarkjsProver.ts";
import * as Round from "../../src/round/round.ts";
import * as State from "../../src/round/state.ts";
import { startChain } from "../../test/support/deploying.ts";
import { createFeeds, type Made, makeRound } from "../../test/support/rounds.ts";
import { make as deployed, done } from "../../test/support/transactions.ts";

const root = join(import.meta.dirname, "../..");
const CIRCUIT = "round-4x4-learned";
const PERIOD_SECONDS = 60;
const FIRST_EPOCH = 29_000_000;

export const MAX_AGE_SECONDS = 300n;
/** Scores between which the market lends less and less: the model's threshold, and four times that. */
export const [CALM, ALARM] = [256n, 1024n];
/** Part in 10^4 of a collateral's value. */
export const FACTOR = 6_000n;
/** Of every series, with 8 decimals. */
export const LEVEL = 2_000_00000000n;

/** What slot `slot` says of series `feed`. */
export type Prices = (slot: number, feed: number) => bigint;

export type Proved = Made & { readonly proven: Proven; readonly submission: Submission };

export type Setting = Awaited<ReturnType<typeof openMarket>>;

export async function openMarket() {
  const artifacts = await Artifacts.ensure(CIRCUIT, { root });
  const { capacity, model } = await Circuit.describe(root, CIRCUIT);
  const feeds = createFeeds("oracle", { capacity, model, feedCount: 3, minSigners: 3, quorum: 3 });
  const prover = createSnarkjsProver(artifacts);
  const chain = await startChain({ timestamp: FIRST_EPOCH * PERIOD_SECONDS - 600 });
  const { provider } = chain;
  const close = async (): Promise<void> => {
    await chain.close();
    await prover.close();
  };
  try {
    await provider.send("anvil_setBlockTimestampInterval", [1]);
    const wallet = new Wallet(chain.anvil.funded.deployer, provider);
    const { deployment, contracts } = await deployLocally(
      {
        ...{ root, wallet, provider, clock: systemClock, ...feeds, maxAgeEpochs: 2, history: 16 },
        ...{ verificationKey: artifacts.verificationKey, manifest: artifacts.manifest },
        consumerMaxAgeSeconds: Number(MAX_AGE_SECONDS),
      },
      new AbortController().signal,
    );
    const entries = {
      CautiousMarket: "examples/oracle/CautiousMarket.sol",
      TestToken: "test/contracts/support/Tokens.sol",
      Round4x4Verifier: "test/contracts/generated/Round4x4Verifier.sol",
    };
    const own = await Solidity.compile({ root, entries, generated: {} }, new AbortController().signal);
    const contract = (name: string, address: string): Contract =>
      new Contract(address, Solidity.get(contracts, name).abi, wallet);
    const make = async (name: keyof typeof entries, ...args: readonly unknown[]): Promise<Contract> => {
      const artifact = Solidity.get(own, name);
      return new Contract(await deployed(artifact, wallet, ...args), artifact.abi, wallet);
    };

    const cash = await make("TestToken", 6);
    /** Of series `feed`; the verifier is the set's own, if no other is named. */
    const market = async (feed: number, verifier = deployment.verifier): Promise<Contract> => {
      const address = Object.values(deployment.feeds)[feed];
      const one = await make("CautiousMarket", address, verifier, cash.target, 6, MAX_AGE_SECONDS, CALM, ALARM, FACTOR);
      await done(cash, "mint", one.target, 10n ** 12n);
      return one;
    };

    const waitUntil = (seconds: bigint): Promise<unknown> =>
      provider.send("evm_mine", [{ timestamp: Number(seconds) }]);
    let state = State.genesis(capacity.feeds);
    return {
      ...{ artifacts, feeds, prover, wallet, provider, deployment, cash, market, make, waitUntil, close },
      feedSet: contract("FeedSet", deployment.feedSet),
      feed: (index: number): Contract => contract("Feed", Object.values(deployment.feeds)[index] ?? ""),
      /** The next round, proven; the chain's time is within its epoch. The chain knows nothing of it yet. */
      prove: async (price: Prices): Promise<Proved> => {
        const epoch = Math.max(state.epoch + 1, FIRST_EPOCH);
        const made = makeRound(feeds, { state, epoch, price });
        const proven = await prover.prove(Round.circuitInput(made.input, made.round.statement.challenge));
        state = made.round.next;
        await waitUntil(BigInt(epoch * PERIOD_SECONDS + 10));
        return { ...made, proven, submission: submissionOf(made.round, proven) };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
