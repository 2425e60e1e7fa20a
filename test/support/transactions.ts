// What a test sends to its chain, until it is there. Never ethers' own `wait`: see `mined`.

import {
  type BaseContract,
  ContractFactory,
  type ContractTransactionResponse,
  type InterfaceAbi,
  type Signer,
} from "ethers";
import { mined } from "../../src/chain/transaction.ts";

/** Far above what a local chain takes on a busy machine: a test ends with what it waited for, not with its own time. */
const PATIENCE_MS = 90_000;

type Sent<Receipt> = Parameters<typeof mined<Receipt>>[0];

/** The receipt of a transaction that must succeed. */
export async function receiptOf<Receipt>(sent: Sent<Receipt>): Promise<Receipt> {
  return await mined(sent, AbortSignal.timeout(PATIENCE_MS));
}

/** Gas of a call that must succeed. */
export async function done(contract: BaseContract, name: string, ...args: readonly unknown[]): Promise<bigint> {
  // `as`: a state-changing function's call gives a transaction.
  const sent = (await contract.getFunction(name)(...args)) as ContractTransactionResponse;
  return (await receiptOf(sent)).gasUsed;
}

type Compiled = { readonly abi: InterfaceAbi; readonly bytecode: string };

/** The address of a contract made with these arguments. */
export async function make({ abi, bytecode }: Compiled, signer: Signer, ...args: readonly unknown[]): Promise<string> {
  const made = await new ContractFactory(abi, bytecode, signer).deploy(...args);
  const transaction = made.deploymentTransaction();
  if (transaction === null) throw new Error("got a contract without its transaction");
  await receiptOf(transaction);
  return await made.getAddress();
}
