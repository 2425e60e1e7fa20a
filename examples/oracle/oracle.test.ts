// Whole rounds of the learned model, proven and accepted on a local chain, and the market that lends by their scores.

import {
  type Contract,
  decodeBytes32String,
  getAddress,
  id,
  isError,
  JsonRpcProvider,
  parseEther,
  toBeHex,
} from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { words } from "../../src/prove/solidityCalldata.ts";
import * as Round from "../../src/round/round.ts";
import * as Statement from "../../src/statement/statement.ts";
import { done, receiptOf } from "../../test/support/transactions.ts";
import { ALARM, CALM, FACTOR, LEVEL, MAX_AGE_SECONDS, openMarket, type Proved, type Setting } from "./setting.ts";

let setting: Setting;
let markets: readonly Contract[];
beforeAll(async () => {
  setting = await openMarket();
  markets = [await setting.market(0), await setting.market(1), await setting.market(2)];
});
afterAll(() => setting?.close());

/** 0.01% apart. */
const calm = (slot: number, feed: number): bigint => LEVEL + BigInt((slot * 7 + feed * 3) % 4) * (LEVEL / 10_000n);

/** Series 0: one venue is 2% off. Series 1: three move together by 1%, the fourth stays. Series 2: nothing. */
const staged = (slot: number, feed: number): bigint => {
  if (feed === 0 && slot === 3) return (calm(slot, feed) * 102n) / 100n;
  if (feed === 1 && slot !== 0) return (calm(slot, feed) * 101n) / 100n;
  return calm(slot, feed);
};

/** The error's name and arguments that a call reverts with. */
async function refusal(call: Promise<unknown>): Promise<readonly unknown[]> {
  try {
    await call;
  } catch (error) {
    if (!isError(error, "CALL_EXCEPTION") || error.revert === null) throw error;
    return [error.revert.name, ...error.revert.args];
  }
  throw new Error("got an answer, want a refusal");
}

/** Selector of deposit(), and code that refuses coins: PUSH0 PUSH0 REVERT. */
const [DEPOSIT, REVERTING] = [id("deposit()").slice(0, 10), "0x5f5ffd"];

/** IFeedSet.Status. */
const HELD = 1n;

const submit = (submission: Proved["submission"]): Promise<unknown> =>
  setting.feedSet.getFunction("submit").staticCall(submission);

async function scores(): Promise<readonly bigint[]> {
  const reports = [0, 1, 2].map((feed) => setting.feed(feed).getFunction("latestReport")());
  return (await Promise.all(reports)).map(([, , report]) => report.score);
}

const market = (feed: number): Contract => {
  const found = markets[feed];
  if (found === undefined) throw new RangeError(`got feed ${feed}`);
  return found;
};

describe("a calm round", () => {
  let proved: Proved;
  beforeAll(async () => {
    proved = await setting.prove(calm);
  });

  it("is proven by the circuit as TypeScript computes it", () => {
    expect(Statement.isProvenBy(proved.round.statement, proved.proven.publicSignals)).toBe(true);
  });

  it("is refused with any score changed by one, or with the scores of the other model", async () => {
    for (const [word, shift] of [
      [0, 92n],
      [0, 216n],
      [1, 92n],
    ] as const) {
      for (const by of [1n, -1n]) {
        const lied = proved.submission.words.map((value, w) => (w === word ? value + (by << shift) : value));
        expect((await refusal(submit({ ...proved.submission, words: lied })))[0]).toBe("FeedSet_ProofRefused");
      }
    }
    const configuration = { ...proved.input.configuration, model: "HampelChart" as const };
    const other = Round.compute({ ...proved.input, configuration });
    expect(other.nextState).toBe(proved.round.nextState);
    expect(other.words).not.toEqual(proved.round.words);
    const swapped = { ...proved.submission, words: other.words, commitment: other.statement.commitment };
    expect((await refusal(submit(swapped)))[0]).toBe("FeedSet_ProofRefused");
  });

  it("is nothing to the verifier of round-4x4: another model has another key", async () => {
    const chart = await setting.make("Round4x4Verifier");
    const { commitment, evaluation, challenge } = proved.round.statement;
    const verify = chart.getFunction("verify");
    expect(await verify(words(proved.proven.proof), commitment, evaluation, challenge)).toBe(false);
  });

  it("is accepted, and the market lends the whole part of the collateral's value", async () => {
    await done(setting.feedSet, "submit", proved.submission);
    expect(await scores()).toEqual(proved.round.reports.slice(0, 3).map(({ score }) => score));
    for (const [feed, one] of markets.entries()) {
      const [answer, part] = await one.getFunction("terms")();
      expect([answer, part]).toEqual([proved.round.reports[feed]?.answer, FACTOR]);
      await done(one, "deposit", { value: parseEther("1") });
    }
    // One coin of 2,000.15 to 2,000.2: at 60% a little more than 1,200.
    await done(market(0), "borrow", 600_000_000n);
    const limit = (await refusal(market(0).getFunction("borrow").staticCall(900_000_000n)))[2];
    expect(limit).toBeGreaterThan(1_200_000_000n);
    expect(limit).toBeLessThan(1_201_000_000n);
  });

  it("is worth nothing to a market that is meant for another model", async () => {
    const chart = await setting.make("Round4x4Verifier");
    const other = await setting.market(0, String(chart.target));
    const { verifier } = setting.deployment;
    expect(await refusal(other.getFunction("terms")())).toEqual(["CautiousMarket_OtherModel", verifier, chart.target]);
  });
});

describe("a staged anomaly", () => {
  let proved: Proved;
  beforeAll(async () => {
    proved = await setting.prove(staged);
    await done(setting.feedSet, "submit", proved.submission);
  });

  it("has learned scores above the threshold on chain, where the chart's own stay far below it", async () => {
    const [liar = 0n, three = 0n, quiet = 0n] = await scores();
    expect(liar).toBeGreaterThan(CALM);
    expect(three).toBeGreaterThan(CALM);
    expect(quiet).toBeLessThan(CALM);
    const configuration = { ...proved.input.configuration, model: "HampelChart" as const };
    const { reports } = Round.compute({ ...proved.input, configuration });
    expect(Number(reports[0]?.score)).toBeLessThan(42);
    expect(proved.round.reports.slice(0, 3).map(({ status }) => status)).toEqual(["OK", "OK", "OK"]);
  });

  it("moves no answer by its score: who asks for none reads on", async () => {
    const { answer } = proved.round.reports[0] ?? {};
    expect((await setting.feed(0).getFunction("latestRoundData")())[1]).toBe(answer);
  });

  it("makes the market lend less the higher it is, and nothing from the alarm on", async () => {
    const seen = await scores();
    for (const [feed, score] of seen.entries()) {
      const terms = market(feed).getFunction("terms");
      if (score >= ALARM) {
        expect(await refusal(terms())).toEqual(["CautiousMarket_Unusual", score, ALARM]);
      } else {
        const part = score <= CALM ? FACTOR : (FACTOR * (ALARM - score)) / (ALARM - CALM);
        expect((await terms())[1]).toBe(part);
      }
    }
    const refused = await refusal(market(0).getFunction("borrow").staticCall(600_000_000n));
    expect(refused[0]).toBe((seen[0] ?? 0n) >= ALARM ? "CautiousMarket_Unusual" : "CautiousMarket_DebtTooLarge");
    // The quiet series beside them lends as before.
    await done(market(2), "borrow", 1_200_000_000n);
  });

  it("stops nobody from repaying, or from taking collateral that secures no debt", async () => {
    await done(setting.cash, "approve", market(0).target, 600_000_000n);
    await done(market(0), "repay", 10n ** 18n);
    expect(await market(0).getFunction("debtOf")(setting.wallet.address)).toBe(0n);
    await done(market(0), "withdraw", parseEther("1"));
  });
});

describe("the round after it", () => {
  beforeAll(async () => {
    const { submission } = await setting.prove((slot, feed) => (calm(slot, feed) * (feed === 2 ? 105n : 100n)) / 100n);
    await done(setting.feedSet, "submit", submission);
  });

  it("is held where all venues jump by 5%: by the chart, whose bound needs no score, and the market waits", async () => {
    const { status, score } = (await setting.feed(2).getFunction("latestReport")())[2];
    expect(status).toBe(HELD);
    expect(score).toBeGreaterThan(CALM);
    expect(await refusal(market(2).getFunction("terms")())).toEqual(["CautiousMarket_NotOk", HELD]);
  });

  it("is calm where it is, and the market lends as before until the answer grows old", async () => {
    expect((await scores())[0]).toBeLessThan(CALM);
    await done(market(0), "deposit", { value: parseEther("1") });
    await done(market(0), "borrow", 1_200_000_000n);
    await setting.waitUntil(BigInt((await setting.feed(0).getFunction("latestReport")())[1]) + MAX_AGE_SECONDS + 1n);
    expect((await refusal(market(0).getFunction("terms")()))[0]).toBe("CautiousMarket_Stale");
  });
});

describe("a market", () => {
  it("is not made with limits that cross, with more than the collateral's value, or with too fine a token", async () => {
    const { make, feed, deployment, cash } = setting;
    const shared = [feed(0).target, deployment.verifier, cash.target];
    const refused = [
      { own: [6, 300, 512, 512, FACTOR], want: ["calm", 512n, 512n] },
      { own: [6, 300, CALM, ALARM, 10_000], want: ["factor", 10_000n, 10_000n] },
      { own: [19, 300, CALM, ALARM, FACTOR], want: ["cashDecimals", 19n, 18n] },
    ];
    for (const { own, want } of refused) {
      const error: unknown = await make("CautiousMarket", ...shared, ...own).catch((caught: unknown) => caught);
      // Of a contract that is not there yet, ethers does not know the errors.
      const found = isError(error, "CALL_EXCEPTION") ? market(0).interface.parseError(error.data ?? "0x") : null;
      const [what, got, bound] = found?.args ?? [];
      expect([found?.name, decodeBytes32String(what), got, bound]).toEqual(["CautiousMarket_BadParameter", ...want]);
    }
  });

  it("keeps the collateral of whoever cannot take it", async () => {
    const { provider } = setting.wallet;
    if (!(provider instanceof JsonRpcProvider)) throw new TypeError("the chain is one of our own");
    const borrower = "0x00000000000000000000000000000000000b0001";
    await provider.send("anvil_setBalance", [borrower, toBeHex(parseEther("2"))]);
    await provider.send("anvil_impersonateAccount", [borrower]);
    const account = await provider.getSigner(borrower);
    await receiptOf(await account.sendTransaction({ to: market(2).target, value: 5n, data: DEPOSIT }));
    await provider.send("anvil_setCode", [borrower, REVERTING]);
    const withdraw = (market(2).connect(provider) as Contract).getFunction("withdraw"); // a contract stays one
    expect(await refusal(withdraw.staticCall(5n, { from: borrower }))).toEqual([
      "CautiousMarket_SendFailed",
      getAddress(borrower),
      5n,
    ]);
  });
});
