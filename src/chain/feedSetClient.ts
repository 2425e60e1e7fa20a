// A FeedSet on a chain: what it holds, and how a round gets into it.

import {
  type ContractTransactionReceipt,
  type ContractTransactionResponse,
  Contract as EthersContract,
  getAddress,
  type InterfaceAbi,
  isError,
  type Wallet,
} from "ethers";
import { AssayError } from "../lib/errors.ts";
import type { Submission } from "./submission.ts";

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

const RECEIPT_TIMEOUT_MS = 120_000;

export function createFeedSetClient({ address, abi, wallet }: FeedSetClientOptions): FeedSetClient {
  const contract = new EthersContract(address, abi, wallet);
  const submitFunction = contract.getFunction("submit");
  const refused = (cause: unknown): never => {
    if (!isError(cause, "CALL_EXCEPTION")) throw cause;
    // Gas estimation does not decode the contract's errors, calls do: the data is there in both.
    const error = cause.data ? contract.interface.parseError(cause.data) : null;
    if (error === null) throw new AssayError("chain.refused", cause.shortMessage, { cause, disposition: "reject" });
    // "FeedSet_EpochNotNewer: got 5, want 6": the contract's own names for its arguments.
    const args = error.fragment.inputs.map(({ name }, index) => [name, String(error.args[index])] as const);
    const said = `${error.name}: ${args.map(([name, value]) => `${name} ${value}`).join(", ")}`;
    const data = { error: error.name, ...Object.fromEntries(args) };
    throw new AssayError("chain.refused", said, { cause, disposition: "reject", data });
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

/** The receipt of a transaction that succeeded. It may still land after `chain.pending` or an abort. */
async function mined(sent: ContractTransactionResponse, signal: AbortSignal): Promise<ContractTransactionReceipt> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    const receipt = await Promise.race([sent.wait(1, RECEIPT_TIMEOUT_MS), aborted.promise]);
    if (receipt === null)
      throw new AssayError("chain.pending", `transaction ${sent.hash} has no receipt`, { disposition: "retry" });
    return receipt;
  } catch (cause) {
    if (isError(cause, "CALL_EXCEPTION")) {
      const message = `transaction ${sent.hash} was mined and reverted`;
      throw new AssayError("chain.reverted", message, { cause, disposition: "retry" });
    }
    if (isError(cause, "TIMEOUT")) {
      const message = `transaction ${sent.hash} was not mined within ${RECEIPT_TIMEOUT_MS} ms`;
      throw new AssayError("chain.pending", message, { cause, disposition: "retry" });
    }
    throw cause;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
