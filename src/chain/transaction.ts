// A transaction that calls a contract: why it is refused, and its receipt.

import { type ContractTransactionReceipt, type ContractTransactionResponse, type Interface, isError } from "ethers";
import { AssayError } from "../lib/errors.ts";

const RECEIPT_TIMEOUT_MS = 120_000;

/** `chain.refused` with the contract's error by name, got and want; `deploy.funds`; anything else as it is. */
export function refusal(contract: Interface, cause: unknown): unknown {
  if (isError(cause, "INSUFFICIENT_FUNDS")) {
    return new AssayError("deploy.funds", "got too little of the chain's currency to send the transaction", { cause });
  }
  if (!isError(cause, "CALL_EXCEPTION")) return cause;
  // Gas estimation does not decode the contract's errors, calls do: the data is there in both.
  const error = cause.data ? contract.parseError(cause.data) : null;
  if (error === null) return new AssayError("chain.refused", cause.shortMessage, { cause, disposition: "reject" });
  // "FeedSet_EpochNotNewer: got 5, want 6": the contract's own names for its arguments.
  const args = error.fragment.inputs.map(({ name }, index) => [name, String(error.args[index])] as const);
  const said = `${error.name}: ${args.map(([name, value]) => `${name} ${value}`).join(", ")}`;
  const data = { error: error.name, ...Object.fromEntries(args) };
  return new AssayError("chain.refused", said, { cause, disposition: "reject", data });
}

/** The receipt of a transaction that succeeded. Throws `chain.reverted`; it may still land after `chain.pending` or an abort. */
export async function mined(
  sent: ContractTransactionResponse,
  signal: AbortSignal,
): Promise<ContractTransactionReceipt> {
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
