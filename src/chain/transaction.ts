// A transaction that calls a contract: why it is refused, and its receipt.

import { setTimeout } from "node:timers/promises";
import { type Interface, isError, type TransactionReceipt } from "ethers";
import { AssayError } from "../lib/errors.ts";

const RECEIPT_TIMEOUT_MS = 120_000;
/** Between two questions for a receipt: short on a local chain, where it is there at once, and growing. */
const PAUSE = { firstMs: 20, growth: 1.5, longestMs: 2_000 };

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

/** What ethers gives for a transaction that it has sent. */
type Sent<Receipt> = {
  readonly hash: string;
  readonly provider: { readonly getTransactionReceipt: (hash: string) => Promise<TransactionReceipt | null> };
  readonly wait: (confirms: 0) => Promise<Receipt | null>;
};

/** The receipt of a transaction that succeeded. Throws `chain.reverted`; it may still land after `chain.pending` or an abort. */
export async function mined<Receipt>(sent: Sent<Receipt>, signal: AbortSignal): Promise<Receipt> {
  await untilReceipt(sent, signal);
  // `wait(0)` gives what there is, and throws for a transaction that reverted.
  const receipt = await sent.wait(0).catch((cause: unknown) => {
    if (!isError(cause, "CALL_EXCEPTION")) throw cause;
    const message = `transaction ${sent.hash} was mined and reverted`;
    throw new AssayError("chain.reverted", message, { cause, disposition: "retry" });
  });
  if (receipt === null) throw pending(sent.hash); // Its block was taken back since.
  return receipt;
}

/**
 * Asks again and again. ethers' `wait(1)` looks when it hears of a new block, and hears of none where the transaction's
 * came between its first look and its first count of blocks: on a chain that mines on demand no other may follow.
 */
async function untilReceipt({ hash, provider }: Sent<unknown>, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + RECEIPT_TIMEOUT_MS;
  let pauseMs = PAUSE.firstMs;
  for (;;) {
    signal.throwIfAborted();
    // A node that is away for a moment is asked again: the transaction is sent.
    const answer = await provider.getTransactionReceipt(hash).catch((cause: unknown) => {
      if (cause instanceof AssayError && cause.disposition === "retry") return cause;
      throw cause;
    });
    if (answer !== null && !(answer instanceof AssayError)) return;
    if (performance.now() > deadline) throw pending(hash, answer ?? undefined);
    await setTimeout(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    pauseMs = Math.min(pauseMs * PAUSE.growth, PAUSE.longestMs);
  }
}

function pending(hash: string, cause?: AssayError): AssayError {
  const message = `transaction ${hash} was not mined within ${RECEIPT_TIMEOUT_MS} ms`;
  return new AssayError("chain.pending", message, { cause, disposition: "retry" });
}
