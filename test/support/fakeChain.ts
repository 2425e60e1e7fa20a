// A chain behind ethers' provider that answers what a test says. Why a fake: a transaction that is mined and reverts, or
// that has no event, is not to be had from anvil at will.

import { JsonRpcApiProvider, type JsonRpcPayload, type JsonRpcResult, keccak256, Network, Transaction } from "ethers";

export type FakeLog = { readonly address: string; readonly topics: readonly string[]; readonly data: string };

export type FakeAnswers = {
  /** What estimating, calling and reading reverts with, as data; it succeeds without one. */
  revert?: string | undefined;
  /** Of the mined transaction; it is never mined without one. */
  status: 0 | 1 | undefined;
  /** So many questions for its receipt come too early; no block follows the transaction's. */
  earlyQuestions: number;
  logs: readonly FakeLog[];
  /** What calls give, by the first four bytes of their data. */
  readonly calls: Record<string, string>;
};

const CHAIN_ID = 31_337n;
const HASH = `0x${"11".repeat(32)}`;
const hex = (value: number): string => `0x${value.toString(16)}`;

// A class, because ethers' provider is made to be extended.
export class FakeChain extends JsonRpcApiProvider {
  readonly answers: FakeAnswers = { status: 1, earlyQuestions: 0, logs: [], calls: {} };
  readonly sent: Transaction[] = [];
  /** Resolves when somebody asks for a receipt. */
  readonly receiptAsked: Promise<void>;
  readonly #askReceipt: () => void;

  constructor() {
    super(CHAIN_ID, { staticNetwork: Network.from(CHAIN_ID), batchMaxCount: 1, cacheTimeout: -1 });
    const asked = Promise.withResolvers<void>();
    this.receiptAsked = asked.promise;
    this.#askReceipt = asked.resolve;
    this._start();
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    return [payload].flat().map((one) => {
      const refused = this.answers.revert !== undefined && ["eth_estimateGas", "eth_call"].includes(one.method);
      return refused
        ? // `as`: a JSON-RPC error is an answer too, which this type leaves out.
          ({
            id: one.id,
            error: { code: 3, message: "execution reverted", data: this.answers.revert },
          } as unknown as JsonRpcResult)
        : { id: one.id, result: this.#answer(one.method, one.params as readonly unknown[]) };
    });
  }

  #answer(method: string, params: readonly unknown[]): unknown {
    switch (method) {
      case "eth_estimateGas":
      case "eth_gasPrice":
      case "eth_maxPriorityFeePerGas":
      case "eth_blockNumber":
      case "eth_getTransactionCount":
        return hex(7);
      case "eth_chainId":
        return hex(Number(CHAIN_ID));
      case "eth_getBlockByNumber":
        return block();
      case "eth_sendRawTransaction":
        this.sent.push(Transaction.from(String(params[0])));
        return keccak256(String(params[0]));
      case "eth_getTransactionReceipt":
        this.#askReceipt();
        if (this.answers.status === undefined || this.answers.earlyQuestions-- > 0) return null;
        return this.#receipt(String(params[0]), this.answers.status);
      case "eth_getTransactionByHash":
        return null;
      case "eth_getLogs":
        return this.#logs(HASH);
      case "eth_call":
        // `as`: ethers' own request.
        return this.answers.calls[(params[0] as { data: string }).data.slice(0, 10)] ?? "0x";
      default:
        throw new Error(`the fake chain has no answer to ${method}`);
    }
  }

  #logs(transactionHash: string) {
    const place = { blockNumber: hex(7), blockHash: HASH, transactionHash, transactionIndex: "0x0", removed: false };
    return this.answers.logs.map((log, index) => ({ ...log, ...place, logIndex: hex(index) }));
  }

  #receipt(transactionHash: string, status: 0 | 1) {
    return {
      transactionHash,
      transactionIndex: "0x0",
      blockHash: HASH,
      blockNumber: hex(7),
      from: `0x${"00".repeat(20)}`,
      to: `0x${"00".repeat(20)}`,
      contractAddress: null,
      logsBloom: `0x${"00".repeat(256)}`,
      logs: this.#logs(transactionHash),
      gasUsed: hex(250_000),
      cumulativeGasUsed: hex(250_000),
      effectiveGasPrice: hex(7),
      status: hex(status),
      type: "0x2",
    };
  }
}

function block() {
  return {
    number: hex(7),
    hash: HASH,
    parentHash: HASH,
    timestamp: hex(1000),
    nonce: "0x0000000000000000",
    difficulty: "0x0",
    gasLimit: hex(30_000_000),
    gasUsed: "0x0",
    miner: `0x${"00".repeat(20)}`,
    extraData: "0x",
    baseFeePerGas: hex(7),
    transactions: [],
  };
}
