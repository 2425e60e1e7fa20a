// Where a transaction's gas goes, by what it is spent on, from the chain's trace of its opcodes.

import type { JsonRpcApiProvider } from "ethers";

/** Gas by operation; all of them together are the transaction's. */
export type GasByOperation = Readonly<Record<string, number>>;

type Step = {
  readonly op: string;
  readonly gas: number;
  readonly depth: number;
  readonly stack: readonly string[];
};

const PRECOMPILES: Readonly<Record<number, string>> = { 6: "ecAdd", 7: "ecMul", 8: "pairing" };
const NAMED: Readonly<Record<string, string>> = {
  SLOAD: "storage",
  SSTORE: "storage",
  KECCAK256: "keccak256",
};

export async function gasByOperation(provider: JsonRpcApiProvider, hash: string): Promise<GasByOperation> {
  const options = { disableStorage: true, disableMemory: true };
  const trace = (await provider.send("debug_traceTransaction", [hash, options])) as {
    readonly structLogs: readonly Step[];
  };
  const gasUsed = Number((await provider.getTransactionReceipt(hash))?.gasUsed ?? 0);
  const spent: Record<string, number> = {};
  const steps = trace.structLogs;
  steps.forEach((step, index) => {
    const name = nameOf(step);
    spent[name] = (spent[name] ?? 0) + ownCost(steps, index);
  });
  const executed = Object.values(spent).reduce((sum, gas) => sum + gas, 0);
  return { "transaction and calldata": gasUsed - executed, ...spent };
}

/** What a step costs, without what a contract that it calls spends. */
function ownCost(steps: readonly Step[], index: number): number {
  const step = steps[index];
  const next = steps[index + 1];
  if (step === undefined || next === undefined || next.depth < step.depth) return 0; // RETURN and the like, without memory.
  if (next.depth === step.depth) return step.gas - next.gas;
  // A call: what is gone when it is back, less what was gone inside.
  const back = steps.findIndex((later, place) => place > index && later.depth === step.depth);
  const last = steps[back - 1];
  const after = steps[back];
  return last === undefined || after === undefined ? 0 : step.gas - after.gas - (next.gas - last.gas);
}

function nameOf({ op, stack }: Step): string {
  if (op.startsWith("LOG")) return "events";
  if (op !== "CALL" && op !== "STATICCALL") return NAMED[op] ?? "other code";
  return PRECOMPILES[Number(stack.at(-2) ?? 0)] ?? "calls";
}
