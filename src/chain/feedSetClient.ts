// A FeedSet on a chain: what it holds, and how a round gets into it.

import {
  type ContractTransactionResponse,
  Contract as EthersContract,
  getAddress,
  type InterfaceAbi,
  type Wallet,
} from "ethers";
import { AssayError } from "../lib/errors.ts";
import type { Submission } from "./submission.ts";
import { mined, refusal } from "./transaction.ts";

export type Receipt = { readonly txHash: string; readonly gasUsed: bigint; readonly roundId: bigint };

/** One accepted round, as its event has it. */
export type AcceptedRound = {
  readonly roundId: bigint;
  /** With the reset mask. */
  readonly header: bigint;
  readonly nextState: bigint;
  readonly words: readonly bigint[];
};

export type FeedSetClient = {
  readonly address: string;
  readonly stateDigest: () => Promise<bigint>;
  readonly resetMask: () => Promise<number>;
  /** All accepted rounds, oldest first. */
  readonly history: () => Promise<readonly AcceptedRound[]>;
  /**
   * Sends the round and waits for its receipt. Throws `chain.refused` with the contract's error, got and want;
   * `chain.reverted` when another round was mined first; `chain.pending` when it is not mined in time: it may still be.
   */
  readonly submit: (submission: Submission, signal: AbortSignal) => Promise<Receipt>;
  /** The contract's answer to the same call without sending it. Throws like `submit`. */
  readonly simulate: (submission: Submission) => Promise<void>;
};

export type FeedSetClientOptions = { readonly address: string; readonly abi: InterfaceAbi; readonly wallet: Wallet };

export function createFeedSetClient({ address, abi, wallet }: FeedSetClientOptions): FeedSetClient {
  const contract = new EthersContract(address, abi, wallet);
  const submitFunction = contract.getFunction("submit");
  const refused = (cause: unknown): never => {
    throw refusal(contract.interface, cause);
  };

  const submit: FeedSetClient["submit"] = async (submission, signal) => {
    signal.throwIfAborted();
    // `as`: a state-changing function's call gives a transaction.
    const sent = (await submitFunction(submission).catch(refused)) as ContractTransactionResponse;
    const receipt = await mined(sent, signal);
    const event = receipt.logs
      .filter((log) => getAddress(log.address) === getAddress(address))
      .map((log) => contract.interface.parseLog(log))
      .find((log) => log?.name === "RoundAccepted");
    if (event === undefined || event === null) {
      throw new AssayError("chain.event", `transaction ${sent.hash} has no RoundAccepted event`);
    }
    return { txHash: receipt.hash, gasUsed: receipt.gasUsed, roundId: event.args.roundId as bigint };
  };

  return {
    address,
    submit,
    simulate: async (submission) => {
      await submitFunction.staticCall(submission).catch(refused);
    },
    stateDigest: async () => (await contract.getFunction("state")()) as bigint,
    resetMask: async () => Number(await contract.getFunction("resetMask")()),
    history: async () => {
      const events = await contract.queryFilter("RoundAccepted", 0);
      return events.flatMap((event) => {
        const parsed = contract.interface.parseLog(event);
        if (parsed === null) return [];
        const { roundId, header, nextState, words } = parsed.args;
        return [{ roundId, header, nextState, words: [...words] }];
      });
    },
  };
}
