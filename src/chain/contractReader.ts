// A contract as it is at one block: every answer and every event belongs to the same moment.

import { Interface, type InterfaceAbi, isError, type Log, type Provider } from "ethers";
import { AssayError } from "../lib/errors.ts";

export type Moment = {
  readonly provider: Provider;
  /** Everything is asked as of the end of this block. */
  readonly block: number;
  /** Events are looked for from here on. */
  readonly fromBlock: number;
};

export type Event = {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly block: number;
  readonly index: number;
};

export type ContractReader = {
  readonly address: string;
  readonly interface: Interface;
  /** Empty, "0x", where there is no contract. */
  readonly code: () => Promise<string>;
  /** Throws `chain.answer` for a contract that has no such function, or reverts. */
  readonly call: (name: string, ...args: readonly unknown[]) => Promise<unknown>;
  /** Oldest first. */
  readonly events: (...names: readonly string[]) => Promise<readonly Event[]>;
};

export function createContractReader(address: string, abi: InterfaceAbi, moment: Moment): ContractReader {
  const { provider, block, fromBlock } = moment;
  const contract = new Interface(abi);
  return {
    address,
    interface: contract,
    code: () => provider.getCode(address, block),
    call: async (name, ...args) => {
      const data = contract.encodeFunctionData(name, args);
      const answer = await provider.call({ to: address, data, blockTag: block }).catch((cause: unknown) => {
        throw isError(cause, "CALL_EXCEPTION") ? unanswered(address, name, cause) : cause;
      });
      try {
        const values = contract.decodeFunctionResult(name, answer);
        return values.length === 1 ? values[0] : values;
      } catch (cause) {
        throw unanswered(address, name, cause);
      }
    },
    events: async (...names) => {
      const topics = names.map((name) => topicOf(contract, name));
      const logs = await logsBetween(provider, { address, topics: [topics] }, fromBlock, block);
      return logs.flatMap((log) => {
        const parsed = contract.parseLog(log);
        if (parsed === null) return [];
        return [{ name: parsed.name, args: parsed.args.toObject(), block: log.blockNumber, index: log.index }];
      });
    },
  };
}

/** An endpoint that refuses the whole range gets it in halves. */
async function logsBetween(
  provider: Provider,
  filter: { readonly address: string; readonly topics: (string | string[])[] },
  from: number,
  to: number,
): Promise<Log[]> {
  if (from > to) return [];
  try {
    return await provider.getLogs({ ...filter, fromBlock: from, toBlock: to });
  } catch (error) {
    if (from === to || (error instanceof AssayError && error.disposition === "retry")) throw error;
  }
  const middle = Math.floor((from + to) / 2);
  const older = await logsBetween(provider, filter, from, middle);
  return [...older, ...(await logsBetween(provider, filter, middle + 1, to))];
}

function topicOf(contract: Interface, name: string): string {
  const event = contract.getEvent(name);
  if (event === null) throw new AssayError("chain.contract", `got no event ${name} in the contract's interface`);
  return event.topicHash;
}

function unanswered(address: string, name: string, cause: unknown): AssayError {
  return new AssayError("chain.answer", `got no answer to ${name}() from ${address}, want a contract that has it`, {
    cause,
  });
}
