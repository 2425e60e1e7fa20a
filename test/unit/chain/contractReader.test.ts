import { type JsonRpcPayload, type JsonRpcResult, toBeHex, zeroPadValue } from "ethers";
import { describe, expect, it } from "vitest";
import { createContractReader } from "../../../src/chain/contractReader.ts";
import { AssayError } from "../../../src/lib/errors.ts";
import { FakeChain } from "../../support/fakeChain.ts";

const ADDRESS = `0x${"ab".repeat(20)}`;
const ABI = ["event Moved(uint256 indexed to)", "event Stopped()", "function place() view returns (uint256)"];

/** An endpoint that gives the events of at most so many blocks at once, one event in every block. */
class NarrowChain extends FakeChain {
  readonly asked: number[] = [];
  readonly #most: number;
  readonly #refusal: Error | undefined;

  constructor(most: number, refusal?: Error) {
    super();
    this.#most = most;
    this.#refusal = refusal;
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const [one] = [payload].flat();
    if (one?.method !== "eth_getLogs") return await super._send(payload);
    const [{ fromBlock, toBlock, topics }] = one.params as [{ fromBlock: string; toBlock: string; topics: string[][] }];
    const [from, to] = [Number(fromBlock), Number(toBlock)];
    this.asked.push(to - from + 1);
    if (to - from + 1 > this.#most) {
      if (this.#refusal !== undefined) throw this.#refusal;
      // `as`: a JSON-RPC error is an answer too, which this type leaves out.
      return [{ id: one.id, error: { code: -32005, message: "too many" } } as unknown as JsonRpcResult];
    }
    const result = Array.from({ length: to - from + 1 }, (_, i) => {
      const place = { blockNumber: toBeHex(from + i), blockHash: `0x${"11".repeat(32)}`, transactionIndex: "0x0" };
      const known = {
        address: ADDRESS,
        data: "0x",
        transactionHash: `0x${"22".repeat(32)}`,
        logIndex: "0x0",
        removed: false,
      };
      return { ...place, ...known, topics: [topics[0]?.[0], zeroPadValue(toBeHex(from + i), 32)] };
    });
    return [{ id: one.id, result }];
  }
}

const readerOf = (provider: FakeChain, block: number) =>
  createContractReader(ADDRESS, ABI, { provider, block, fromBlock: 0 });

describe("events", () => {
  it("are all there, in order, from an endpoint that refuses long ranges", async () => {
    const chain = new NarrowChain(7);
    const events = await readerOf(chain, 99).events("Moved", "Stopped");
    expect(events.map(({ args, block }) => [Number(args.to), block])).toEqual(
      Array.from({ length: 100 }, (_, i) => [i, i]),
    );
    expect(chain.asked[0]).toBe(100);
    chain.destroy();
  });

  it("are none before the contract's first block", async () => {
    const chain = new NarrowChain(7);
    const reader = createContractReader(ADDRESS, ABI, { provider: chain, block: 5, fromBlock: 6 });
    expect(await reader.events("Moved")).toEqual([]);
    chain.destroy();
  });

  it("are given up at once when the endpoint is gone, and after one block when that is refused too", async () => {
    const gone = new AssayError("chain.unreachable", "gone", { disposition: "retry" });
    const lost = new NarrowChain(0, gone);
    await expect(readerOf(lost, 99).events("Moved")).rejects.toBe(gone);
    expect(lost.asked).toEqual([100]);
    const closed = new NarrowChain(0);
    await expect(readerOf(closed, 99).events("Moved")).rejects.toThrow("too many");
    expect(closed.asked.at(-1)).toBe(1);
    lost.destroy();
    closed.destroy();
  });
});

describe("call", () => {
  it("says which function of which contract gave no answer, whether it reverts or is not there", async () => {
    const chain = new FakeChain();
    const reader = readerOf(chain, 7);
    const want = { code: "chain.answer", message: expect.stringContaining(`place() from ${ADDRESS}`) };
    await expect(reader.call("place")).rejects.toMatchObject(want);
    chain.answers.revert = "0x";
    await expect(reader.call("place")).rejects.toMatchObject(want);
    chain.destroy();
  });
});
