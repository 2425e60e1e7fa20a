import { Interface, toBeHex, Wallet } from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFeedSetClient, type FeedSetClient } from "../../../src/chain/feedSetClient.ts";
import type { Submission } from "../../../src/chain/submission.ts";
import { FakeChain } from "../../support/fakeChain.ts";

// The part of IFeedSet that the client uses.
const ABI = [
  "function submit(tuple(uint256[8] proof, uint256 commitment, uint256 prevState, uint256 nextState, uint256 header, uint256[] words) submission)",
  "function state() view returns (uint256)",
  "function resetMask() view returns (uint256)",
  "event RoundAccepted(uint256 indexed roundId, uint256 header, uint256 nextState, uint256[] words)",
  "event ReportNotOk(uint256 indexed roundId, uint256 indexed feed, uint8 indexed status, uint256 answer)",
  "error FeedSet_StaleState(uint256 got, uint256 want)",
];
const INTERFACE = new Interface(ABI);
const ADDRESS = `0x${"ab".repeat(20)}`;
const SUBMISSION: Submission = {
  proof: [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n],
  commitment: 9n,
  prevState: 10n,
  nextState: 11n,
  header: 12n,
  words: [13n, 14n],
};
const { signal } = new AbortController();

let chain: FakeChain;
let client: FeedSetClient;
beforeEach(() => {
  chain = new FakeChain();
  client = createFeedSetClient({ address: ADDRESS, abi: ABI, wallet: new Wallet(toBeHex(1, 32), chain) });
});
afterEach(() => chain.destroy());

function event(name: "RoundAccepted" | "ReportNotOk", values: readonly unknown[]) {
  return { address: ADDRESS, ...INTERFACE.encodeEventLog(name, values) };
}

describe("submit", () => {
  it("sends the round in the order of the contract's struct, and reads the round's id off its event", async () => {
    chain.answers.logs = [event("ReportNotOk", [6, 1, 3, 0]), event("RoundAccepted", [6, 12, 11, [13, 14]])];
    const receipt = await client.submit(SUBMISSION, signal);
    expect(receipt).toEqual({ txHash: chain.sent[0]?.hash, gasUsed: 250_000n, roundId: 6n });
    expect(chain.sent).toHaveLength(1);
    expect(chain.sent[0]?.to?.toLowerCase()).toBe(ADDRESS);
    expect(INTERFACE.decodeFunctionData("submit", chain.sent[0]?.data ?? "").toArray(true)).toEqual([
      [[1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n], 9n, 10n, 11n, 12n, [13n, 14n]],
    ]);
  });

  it("throws chain.refused with the contract's error, got and want, and sends nothing", async () => {
    chain.answers.revert = INTERFACE.encodeErrorResult("FeedSet_StaleState", [10, 20]);
    await expect(client.submit(SUBMISSION, signal)).rejects.toMatchObject({
      code: "chain.refused",
      disposition: "reject",
      message: "FeedSet_StaleState: got 10, want 20",
      data: { error: "FeedSet_StaleState", got: "10", want: "20" },
    });
    expect(chain.sent).toEqual([]);
  });

  it("throws chain.refused for an error that the contract's ABI does not name", async () => {
    chain.answers.revert = "0xdeadbeef";
    await expect(client.submit(SUBMISSION, signal)).rejects.toMatchObject({ code: "chain.refused" });
  });

  it("throws chain.reverted, to try again, when the transaction was mined and reverted", async () => {
    chain.answers.status = 0;
    const error: unknown = await client.submit(SUBMISSION, signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "chain.reverted",
      disposition: "retry",
      message: expect.stringContaining(`transaction ${chain.sent[0]?.hash} was mined and reverted`),
    });
  });

  it("finds a receipt that is there later, though no block comes after the transaction's", async () => {
    chain.answers.logs = [event("RoundAccepted", [6, 12, 11, [13, 14]])];
    chain.answers.earlyQuestions = 4;
    expect((await client.submit(SUBMISSION, signal)).roundId).toBe(6n);
  });

  it("ends with the signal's reason while it waits for the receipt", async () => {
    chain.answers.status = undefined;
    const controller = new AbortController();
    const submitting = client.submit(SUBMISSION, controller.signal);
    await chain.receiptAsked;
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(submitting).rejects.toBe(reason);
  });

  it("throws chain.event when the transaction left no accepted round", async () => {
    chain.answers.logs = [event("ReportNotOk", [6, 1, 3, 0])];
    await expect(client.submit(SUBMISSION, signal)).rejects.toMatchObject({ code: "chain.event" });
  });

  it("does not take the event of another contract for its own", async () => {
    const foreign = { ...event("RoundAccepted", [99, 12, 11, []]), address: `0x${"cd".repeat(20)}` };
    chain.answers.logs = [foreign, event("RoundAccepted", [6, 12, 11, [13, 14]])];
    expect((await client.submit(SUBMISSION, signal)).roundId).toBe(6n);
  });

  it("sends nothing under an aborted signal", async () => {
    const reason = new Error("enough");
    await expect(client.submit(SUBMISSION, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(chain.sent).toEqual([]);
  });
});

describe("simulate", () => {
  it("passes when the contract would accept, and sends nothing", async () => {
    await expect(client.simulate(SUBMISSION)).resolves.toBeUndefined();
    expect(chain.sent).toEqual([]);
  });

  it("throws chain.refused like submit", async () => {
    chain.answers.revert = INTERFACE.encodeErrorResult("FeedSet_StaleState", [10, 20]);
    await expect(client.simulate(SUBMISSION)).rejects.toMatchObject({
      code: "chain.refused",
      message: "FeedSet_StaleState: got 10, want 20",
    });
  });
});

describe("what the contract holds", () => {
  it("is read as it is: the state in full, the reset mask as 32 bits", async () => {
    const state = 2n ** 253n + 1n;
    chain.answers.calls[INTERFACE.getFunction("state")?.selector ?? ""] = toBeHex(state, 32);
    chain.answers.calls[INTERFACE.getFunction("resetMask")?.selector ?? ""] = toBeHex(0x8000_0001, 32);
    expect([await client.stateDigest(), await client.resetMask()]).toEqual([state, 0x8000_0001]);
  });
});

describe("history", () => {
  it("gives the accepted rounds in the chain's order, with header, next state and words", async () => {
    chain.answers.logs = [event("RoundAccepted", [1, 2n ** 87n, 5, [6, 7]]), event("RoundAccepted", [2, 8, 9, []])];
    expect(await client.history()).toEqual([
      { roundId: 1n, header: 2n ** 87n, nextState: 5n, words: [6n, 7n] },
      { roundId: 2n, header: 8n, nextState: 9n, words: [] },
    ]);
  });
});
