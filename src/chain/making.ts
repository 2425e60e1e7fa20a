// The transaction that makes one contract: planned and recorded, sent, waited for. All that is ever signed for a contract
// has one nonce, so however often it is sent, it makes one.

import { getCreateAddress, isError, type JsonRpcApiProvider, keccak256, type Wallet } from "ethers";
import type { Clock } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import { differences, type Finding } from "../lib/finding.ts";
import type { Book, Making } from "./deployments.ts";

export type Stage = "planned" | "sent" | "made" | "found" | "shared";

export type Wanted = {
  readonly initCode: string;
  /** Whether what is there is what is wanted. */
  readonly look: (making: Making) => Promise<readonly Finding[]>;
};

export type DeployerOptions = {
  readonly wallet: Wallet;
  readonly provider: JsonRpcApiProvider;
  readonly book: Book;
  readonly clock: Clock;
  /** Told after each stage; nothing goes on before it resolves. */
  readonly onStage?: (name: string, stage: Stage, making: Making) => Promise<void> | void;
};

const POLL_MS = 250;
const TIMEOUT_MS = 180_000;

/** Signs for this nonce and records it. Nothing is sent. */
export async function plan(
  name: string,
  initCode: string,
  nonce: number,
  before: Making | undefined,
  { wallet, provider, book, onStage }: DeployerOptions,
): Promise<Making> {
  const sinceBlock = before?.sinceBlock ?? (await provider.getBlockNumber());
  const filled = await wallet.populateTransaction({ data: initCode, nonce }).catch((cause: unknown) => {
    throw unaffordable(name, wallet.address, cause);
  });
  const { from: _, ...transaction } = filled;
  const signed = await wallet.signTransaction(transaction);
  const planned: Making = {
    address: getCreateAddress({ from: wallet.address, nonce }),
    deployer: wallet.address,
    nonce,
    sinceBlock,
    initCodeHash: keccak256(initCode),
    transactions: [...(before?.transactions ?? []), keccak256(signed)],
    signed,
  };
  await book.put(name, planned);
  await onStage?.(name, "planned", planned);
  return planned;
}

/**
 * Waits until the contract is there, sending what has to be sent. Undefined when it never will be: its nonce has been
 * used and left no contract, or another one. Throws `chain.pending`.
 */
export async function settle(
  name: string,
  known: Making,
  options: DeployerOptions,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Making | undefined> {
  const { provider, clock, onStage } = options;
  const deadlineMs = clock.nowMs() + TIMEOUT_MS;
  let making = known;
  for (let look = 0; ; look++) {
    signal.throwIfAborted();
    // Both at one block: one that has the nonce used has its contract too.
    const block = await provider.getBlockNumber();
    if ((await provider.getCode(making.address, block)) !== "0x") return await ours(making, options, wanted);
    if ((await provider.getTransactionCount(making.deployer, block)) > making.nonce) return undefined;
    if (look === 0) {
      making = await send(name, making, options, wanted);
      await onStage?.(name, "sent", making);
      continue;
    }
    if (clock.nowMs() > deadlineMs) throw pending(name, making);
    await clock.sleep(POLL_MS, signal);
  }
}

/** A nonce that was planned and then used for something else can have left another contract: that one is not touched. */
async function ours(making: Making, { provider }: DeployerOptions, { look }: Wanted): Promise<Making | undefined> {
  if (making.signed === undefined || differences(await look(making)).length === 0) return making;
  for (const hash of making.transactions) {
    if ((await provider.getTransactionReceipt(hash)) !== null) return making;
  }
  return undefined;
}

/**
 * Sends what was signed; where the node will not have it (its fee is too low by now), or another contract is wanted by
 * now, signs for the same nonce again.
 */
async function send(name: string, making: Making, options: DeployerOptions, { initCode }: Wanted): Promise<Making> {
  const { provider, wallet } = options;
  const isWanted = making.initCodeHash === keccak256(initCode);
  if (isWanted && making.signed !== undefined) {
    if ((await broadcast(making, making.signed, provider)) === undefined) return making;
  }
  if (making.deployer !== wallet.address) throw anothers(name, making, wallet.address);
  const renewed = await plan(name, initCode, making.nonce, making, options);
  const refusal = renewed.signed === undefined ? undefined : await broadcast(renewed, renewed.signed, provider);
  if (refusal !== undefined) throw unaffordable(name, wallet.address, refusal);
  return renewed;
}

/** Why the node refuses it; undefined when it has it, or has got past it. */
async function broadcast({ deployer, nonce, transactions }: Making, signed: string, provider: JsonRpcApiProvider) {
  try {
    await provider.send("eth_sendRawTransaction", [signed]);
    return undefined;
  } catch (error) {
    if (error instanceof AssayError && error.disposition === "retry") throw error;
    for (const hash of transactions) {
      if ((await provider.getTransaction(hash)) !== null) return undefined;
    }
    return (await provider.getTransactionCount(deployer)) > nonce ? undefined : error;
  }
}

function pending(name: string, { transactions }: Making): AssayError {
  const message = `${name}: transaction ${transactions.at(-1)} was not mined within ${TIMEOUT_MS} ms; deploy again to go on waiting`;
  return new AssayError("chain.pending", message, { disposition: "retry" });
}

function anothers(name: string, { deployer, nonce }: Making, wallet: string): AssayError {
  return new AssayError(
    "deploy.deployer",
    `${name}: got the key of ${wallet}, want that of ${deployer}, whose transaction ${nonce} is to be signed again`,
  );
}

/** ethers' errors of a node's refusal name the call, not the endpoint. */
function unaffordable(name: string, deployer: string, cause: unknown): unknown {
  if (cause instanceof AssayError) return cause;
  if (isError(cause, "INSUFFICIENT_FUNDS")) {
    return new AssayError("deploy.funds", `${name}: got too little of the chain's currency at ${deployer}`, { cause });
  }
  const why = isError(cause, "CALL_EXCEPTION") ? cause.shortMessage : String(cause);
  return new AssayError("chain.refused", `${name}: the node refuses the transaction: ${why}`, { cause });
}
