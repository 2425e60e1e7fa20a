// Gas in the steady state (no slot is written for the first time, every feed is OK), with real proofs of our own
// circuits, on a local chain: of an update, of further sets in the same transaction, of a read.

import { join } from "node:path";
import { Contract, JsonRpcProvider, Wallet } from "ethers";
import { startAnvil } from "../../src/chain/anvil.ts";
import { deployLocally } from "../../src/chain/deployLocally.ts";
import * as Solidity from "../../src/chain/solidity.ts";
import { type Submission, submissionOf } from "../../src/chain/submission.ts";
import { systemClock } from "../../src/lib/clock.ts";
import * as Artifacts from "../../src/prove/artifacts.ts";
import * as Circuit from "../../src/prove/circuit.ts";
import { createSnarkjsProver } from "../../src/prove/snarkjsProver.ts";
import * as Round from "../../src/round/round.ts";
import * as State from "../../src/round/state.ts";
import { createFeeds, makeRound } from "../support/rounds.ts";
import { receiptOf } from "../support/transactions.ts";
import { type GasByOperation, gasByOperation } from "./gasByOperation.ts";

export type Gas = {
  /** Of an update by number of feeds: a whole transaction, calldata included. */
  readonly update: Readonly<Record<(typeof UPDATES)[number]["feeds"], number>>;
  /** What a second set of four feeds adds in the same transaction: submitAll of two sets, less submit of one. */
  readonly secondSet: number;
  /** What a third one adds: submitAll of three sets, less submitAll of two. */
  readonly thirdSet: number;
  /**
   * Of `Feed.latestRoundData()` as the first call of a transaction: its receipt's, less 21,000 and calldata. A contract
   * that calls it pays another 2,600 for the feed's account if it is the first to touch it.
   */
  readonly latestRoundData: number;
  /** Where it goes: of a submit of one set of four feeds, of a submitAll of two. */
  readonly byOperation: { readonly submit: GasByOperation; readonly submitAll: GasByOperation };
};

const UPDATES = [
  { feeds: 1, circuit: "round-4x1", sets: 1 },
  { feeds: 4, circuit: "round-4x4", sets: 3 },
  { feeds: 20, circuit: "round-8x20", sets: 1 },
  { feeds: 32, circuit: "round-4x32", sets: 1 },
] as const;
/** Smallest ring: from the third round on every slot has been written before. */
const HISTORY = 2;
const ROUNDS = 4;
const FIRST_EPOCH = 29_000_000;
const TRANSACTION_GAS = 21_000n;
const NONZERO_BYTE_GAS = 16n;
/** Of a call without arguments: its selector. */
const SELECTOR_BYTES = 4n;

const root = join(import.meta.dirname, "../..");

export async function benchGas(say: (line: string) => void): Promise<Gas> {
  const measured = [];
  for (const update of UPDATES) {
    const one = await measure(update);
    say(`gas of an update, feeds ${update.feeds}, ${update.circuit}: ${one.submit.gas}`);
    measured.push({ feeds: update.feeds, ...one });
  }
  const [, four] = measured;
  const [two, three] = four?.submitAll ?? [];
  if (four === undefined || two === undefined || three === undefined) throw new Error("got no batches");
  // `as`: one entry for each of UPDATES.
  const update = Object.fromEntries(measured.map(({ feeds, submit }) => [feeds, submit.gas])) as Gas["update"];
  const { latestRoundData, submit } = four;
  const gas = {
    update,
    secondSet: two.gas - submit.gas,
    thirdSet: three.gas - two.gas,
    latestRoundData,
    byOperation: { submit: submit.byOperation, submitAll: two.byOperation },
  };
  say(`gas of a second set ${gas.secondSet}, of a third ${gas.thirdSet}, of latestRoundData ${latestRoundData}`);
  return gas;
}

type Measured = {
  readonly submit: Spent;
  /** Of two sets, of three sets and so on. */
  readonly submitAll: readonly Spent[];
  readonly latestRoundData: number;
};

async function measure({ feeds: feedCount, circuit, sets }: (typeof UPDATES)[number]): Promise<Measured> {
  const artifacts = await Artifacts.ensure(circuit, { root });
  const capacity = (await Circuit.all(root)).find(({ name }) => name === circuit)?.capacity;
  if (capacity === undefined) throw new Error(`got no circuit ${circuit}`);
  const quorum = capacity.reporters === 4 ? 3 : 5;
  const feeds = createFeeds("gas", { capacity, feedCount, minSigners: quorum, quorum });
  const prover = createSnarkjsProver(artifacts);
  const chain = await startChain();
  try {
    const { deployment, contracts } = await deployLocally(
      {
        root,
        wallet: chain.wallet,
        provider: chain.provider,
        clock: systemClock,
        ...feeds,
        maxAgeEpochs: 2,
        verificationKey: artifacts.verificationKey,
        manifest: artifacts.manifest,
        history: HISTORY,
        consumerMaxAgeSeconds: 3600,
      },
      new AbortController().signal,
    );
    const contract = (name: string, address: string): Contract =>
      new Contract(address, Solidity.get(contracts, name).abi, chain.wallet);
    const addresses = [deployment.feedSet];
    while (addresses.length < sets) addresses.push(await chain.makeAgain(deployment.feedSet));
    const feedSets = addresses.map((address) => contract("FeedSet", address));
    const verifier = contract("RoundVerifier", deployment.verifier);
    const [feedSet] = feedSets;
    if (feedSet === undefined) throw new Error("got no feed set");

    let state = State.genesis(capacity.feeds);
    const prove = async (epoch: number): Promise<Submission> => {
      const { input, round } = makeRound(feeds, { state, epoch });
      const proven = await prover.prove(Round.circuitInput(input, round.statement.challenge));
      state = round.next;
      await chain.beginAt(epoch * 60 + 10);
      return submissionOf(round, proven);
    };
    for (let index = 0; index < ROUNDS - 1; index++) {
      const submission = await prove(FIRST_EPOCH + index);
      for (const each of feedSets) await spent(each, "submit", submission);
    }

    const submission = await prove(FIRST_EPOCH + ROUNDS - 1);
    const submitAll: Spent[] = [];
    for (let count = 2; count <= sets; count++) {
      const batch = addresses.slice(0, count).map((set) => ({ set, submission }));
      submitAll.push(await chain.undone(() => spent(verifier, "submitAll", batch)));
    }
    const submit = await spent(feedSet, "submit", submission);
    const feed = contract("Feed", Object.values(deployment.feeds).at(-1) ?? "");
    const read = await spent(feed, "latestRoundData");
    const latestRoundData = read.gas - Number(TRANSACTION_GAS + NONZERO_BYTE_GAS * SELECTOR_BYTES);
    return { submit, submitAll, latestRoundData };
  } finally {
    await chain.close();
    await prover.close();
  }
}

type Spent = { readonly gas: number; readonly byOperation: GasByOperation };

/** The gas of a transaction that calls this function, a view too. */
async function spent(contract: Contract, name: string, ...args: readonly unknown[]): Promise<Spent> {
  const call = await contract.getFunction(name).populateTransaction(...args);
  const sent = await contract.runner?.sendTransaction?.(call);
  if (sent === undefined) throw new Error(`${name}: got a contract that cannot send`);
  const { gasUsed, hash, provider } = await receiptOf(sent);
  // `as`: this chain is reached by JSON-RPC.
  return { gas: Number(gasUsed), byOperation: await gasByOperation(provider as JsonRpcProvider, hash) };
}

async function startChain() {
  const anvil = await startAnvil(
    { root, timestamp: FIRST_EPOCH * 60 - 600, tracesSteps: true },
    new AbortController().signal,
  );
  const provider = new JsonRpcProvider(anvil.url, undefined, {
    staticNetwork: true,
    batchMaxCount: 1,
    cacheTimeout: -1,
  });
  await provider.send("anvil_setBlockTimestampInterval", [1]);
  const wallet = new Wallet(anvil.funded.deployer, provider);
  return {
    wallet,
    provider,
    beginAt: (timestamp: number) => provider.send("evm_mine", [{ timestamp }]),
    /** Another contract that is made as this one was: with the same code and the same arguments. */
    makeAgain: async (address: string): Promise<string> => {
      const [created] = await provider.getLogs({ address, fromBlock: 0 });
      const { data } = (await provider.getTransaction(created?.transactionHash ?? "")) ?? {};
      const receipt = await receiptOf(await wallet.sendTransaction({ data: data ?? "" }));
      return receipt.contractAddress ?? "";
    },
    /** What an action gives; the chain is as it was before. */
    undone: async <T>(action: () => Promise<T>): Promise<T> => {
      const snapshot = await provider.send("evm_snapshot", []);
      const result = await action();
      await provider.send("evm_revert", [snapshot]);
      return result;
    },
    close: async (): Promise<void> => {
      provider.destroy();
      await anvil.close();
    },
  };
}
