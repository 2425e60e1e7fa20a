import { describe, expect, it } from "vitest";
import * as Model from "../../../src/model/hampelChart.ts";
import { PARAMETERS } from "../../support/feedSetFixture.ts";

const MAX = 2n ** 80n - 1n;
const FRESH: Model.FeedState = { level: 0n, scale: 0n };

function evaluate(prices: readonly bigint[], change: Partial<Model.FeedInput> = {}, parameters = PARAMETERS) {
  return Model.evaluate({ prices, quorum: 3, live: true, reset: false, state: FRESH, ...change }, parameters);
}

/** What the chart makes of an answer: one price is its own median, spread 0 and mean. */
function chart(answer: bigint, state: Model.FeedState, parameters = PARAMETERS) {
  const { report, next, detail } = evaluate([answer], { quorum: 1, state }, parameters);
  return { status: report.status, score: report.score, ...next, threshold: detail.threshold };
}

describe("evaluate: quorum", () => {
  const state = { level: 50n, scale: 3n };

  it("below quorum reports NO_QUORUM and zeros, and leaves the state, a reset notwithstanding", () => {
    const { report, next, detail } = evaluate([0n, 100n, 0n, 200n], { state, reset: true });
    expect(report).toEqual({ answer: 0n, dispersion: 0n, score: 0n, inliers: 0n, status: "NO_QUORUM" });
    expect(next).toEqual(state);
    expect(detail).toMatchObject({ observers: 2, median: 100n, spread: 100n });
  });

  it("without a single price reports NO_QUORUM", () => {
    const { report, next, detail } = evaluate([0n, 0n, 0n, 0n], { state, quorum: 1 });
    expect([report.status, next]).toEqual(["NO_QUORUM", state]);
    expect(detail).toEqual({ observers: 0, median: 0n, spread: 0n, tolerance: 0n, threshold: 0n });
  });

  it("exactly at quorum reports an answer", () => {
    expect(evaluate([0n, 50n, 50n, 50n], { state }).report).toMatchObject({ answer: 50n, status: "OK" });
  });

  it("reports zeros and OK for a feed that is not live, prices or not, and leaves the state", () => {
    for (const prices of [
      [0n, 0n, 0n, 0n],
      [5n, 5n, 5n, 5n],
    ]) {
      const { report, next } = evaluate(prices, { live: false, state });
      expect(report).toEqual({ answer: 0n, dispersion: 0n, score: 0n, inliers: 0n, status: "OK" });
      expect(next).toEqual(state);
    }
  });
});

describe("evaluate: median, spread, tolerance", () => {
  it("takes the lower median of an even number and the upper median of the distances", () => {
    // 100 100 105 106: distances 0 0 5 6, whose upper median is 5; t = floor(1328 * 5 / 256).
    expect(evaluate([106n, 100n, 105n, 100n]).detail).toMatchObject({ median: 100n, spread: 5n, tolerance: 25n });
  });

  it("takes the middle of an odd number", () => {
    // 100 105 200: distances 5 0 95; t = floor(25.9).
    const { report, detail } = evaluate([200n, 0n, 100n, 105n]);
    expect(detail).toMatchObject({ observers: 3, median: 105n, spread: 5n, tolerance: 25n });
    expect(report).toMatchObject({ answer: 102n, inliers: 0b1100n });
  });

  it("of two takes the smaller as the median and the gap as the spread", () => {
    // The tolerance of 51 is capped at m - 1 = 9.
    const { report, detail } = evaluate([20n, 10n], { quorum: 2 });
    expect(detail).toMatchObject({ median: 10n, spread: 10n, tolerance: 9n });
    expect(report).toMatchObject({ answer: 10n, inliers: 0b10n });
  });

  it("counts all that tie", () => {
    expect(evaluate([5n, 5n, 5n, 5n]).report).toMatchObject({ answer: 5n, dispersion: 0n, inliers: 0b1111n });
    expect(evaluate([7n, 5n, 7n, 5n]).detail).toMatchObject({ median: 5n, spread: 2n });
  });

  it("moves the inliers with the slots and nothing else", () => {
    const { report } = evaluate([1_000_000n, 0n, 1_000_010n, 1_000_020n, 900_000n]);
    const moved = evaluate([900_000n, 1_000_020n, 1_000_000n, 1_000_010n, 0n]);
    expect([report.inliers, moved.report.inliers]).toEqual([0b01101n, 0b01110n]);
    expect({ ...moved.report, inliers: 0n }).toEqual({ ...report, inliers: 0n });
  });

  it("lets a price exactly at the tolerance count, and not the next one", () => {
    // Spread 0, so the floor of 2500 ppm is the tolerance: 2500.
    const m = 1_000_000n;
    expect(evaluate([m, m, m, m + 2500n]).report.inliers).toBe(0b1111n);
    expect(evaluate([m, m, m, m + 2501n]).report.inliers).toBe(0b0111n);
    expect(evaluate([m - 2500n, m, m, m]).report.inliers).toBe(0b1111n);
    expect(evaluate([m - 2501n, m, m, m]).report.inliers).toBe(0b1110n);
  });

  it("rounds both candidates of the tolerance down and takes the larger", () => {
    // 399 * 2500 / 10^6 = 0.9975; 400 gives 1.
    expect(evaluate([399n, 399n, 399n]).detail.tolerance).toBe(0n);
    expect(evaluate([400n, 400n, 400n]).detail.tolerance).toBe(1n);
    // 257 * 255 / 256 = 255.996.
    const parameters = { ...PARAMETERS, kQ8: 257n, floorPpm: 0n };
    expect(evaluate([10_000n - 255n, 10_000n, 10_255n], {}, parameters).detail.tolerance).toBe(255n);
  });

  it("never lets a tolerance reach zero: every inlier is at least 1", () => {
    // 1 10 20 with the widest k: 65535 * 9 / 256 is far above m - 1 = 9.
    const parameters = { ...PARAMETERS, kQ8: 65_535n };
    const { report, detail } = evaluate([1n, 10n, 20n], {}, parameters);
    expect(detail).toMatchObject({ median: 10n, spread: 9n, tolerance: 9n });
    expect(report).toMatchObject({ inliers: 0b011n, answer: 5n });
    expect(evaluate([1n, 1n, 2n]).report).toMatchObject({ inliers: 0b011n, answer: 1n });
  });

  it("never lets a tolerance reach beyond 80 bits: it is capped at what the largest price leaves", () => {
    // Median MAX - 5, spread 5: 5 * 1328 / 256 = 25 is capped at 5.
    const { report, detail } = evaluate([MAX - 11n, MAX - 5n, MAX], { quorum: 3 });
    expect(detail).toMatchObject({ median: MAX - 5n, spread: 5n, tolerance: 5n });
    expect(report).toMatchObject({ inliers: 0b110n, answer: MAX - 3n });
    expect(evaluate([MAX, MAX, MAX]).report).toMatchObject({ inliers: 0b111n, answer: MAX });
  });
});

describe("evaluate: clamped mean", () => {
  it("rounds the mean of the inliers down", () => {
    // 100 + 101 + 102 + 103 = 406, a quarter of it is 101.5.
    expect(evaluate([103n, 102n, 101n, 100n]).report).toMatchObject({ answer: 101n, inliers: 0b1111n });
  });

  it("leaves outliers out of sum and count", () => {
    expect(evaluate([1000n, 1002n, 1004n, 9000n]).report).toMatchObject({ answer: 1002n, inliers: 0b0111n });
  });

  it("clamps a mean that an inlier pulls out of [median - spread, median + spread]", () => {
    const m = 1_000_000n;
    // Spread 0: the means 1000625 and 999375 both come back to the median.
    expect(evaluate([m, m, m, m + 2500n]).report).toMatchObject({ answer: m, inliers: 0b1111n });
    expect(evaluate([m, m, m, m - 2500n]).report).toMatchObject({ answer: m, inliers: 0b1111n });
  });

  it("lets a mean stand at the clamp's edge and cuts the next one", () => {
    const parameters = { ...PARAMETERS, floorPpm: 10_000n };
    const m = 1_000_000n;
    const answers = (...steps: bigint[]) =>
      evaluate(
        steps.map((step) => m + step),
        {},
        parameters,
      ).report;
    // Median m, spread 1: sums of 4 and 8 are means of m + 1 and m + 2.
    expect(answers(0n, 0n, 1n, 3n)).toMatchObject({ answer: m + 1n, inliers: 0b1111n });
    expect(answers(0n, 0n, 1n, 7n)).toMatchObject({ answer: m + 1n, inliers: 0b1111n });
    // Median m - 1, spread 1: floors of -8/4 and -9/4 are m - 2 and m - 3.
    expect(answers(0n, 0n, -1n, -7n)).toMatchObject({ answer: m - 2n, inliers: 0b1111n });
    expect(answers(0n, 0n, -1n, -8n)).toMatchObject({ answer: m - 2n, inliers: 0b1111n });
  });
});

describe("evaluate: dispersion", () => {
  it("is the spread in units of 10 ppm of the median, rounded down", () => {
    expect(evaluate([100n, 101n, 102n, 103n]).report.dispersion).toBe(990n); // 100000 / 101 = 990.1
  });

  it("saturates at 4095", () => {
    const at = (spread: bigint) => evaluate([100_000n - spread, 100_000n, 100_000n + spread]).report.dispersion;
    expect([at(4094n), at(4095n), at(4096n), at(99_999n)]).toEqual([4094n, 4095n, 4095n, 4095n]);
  });
});

describe("evaluate: control chart", () => {
  // T = max(floor(2048 * 8 / 256), floor(1000 * 20000 / 10^6)) = max(64, 20) = 64.
  const state = { level: 1000n, scale: 8n };

  it("begins with the first answer: OK, score 0, scale a thousandth rounded down", () => {
    expect(chart(1999n, FRESH)).toEqual({ status: "OK", score: 0n, level: 1999n, scale: 1n, threshold: 0n });
    expect(chart(2000n, FRESH)).toMatchObject({ level: 2000n, scale: 2n });
    // A scale without a level is still a beginning.
    expect(chart(2000n, { level: 0n, scale: 77n })).toMatchObject({ level: 2000n, scale: 2n });
  });

  it("begins anew under a reset, whatever the jump", () => {
    const { report, next } = evaluate([90_000n], { quorum: 1, reset: true, state });
    expect(report).toMatchObject({ status: "OK", score: 0n, answer: 90_000n });
    expect(next).toEqual({ level: 90_000n, scale: 90n });
  });

  it("takes a jump of exactly T and holds T + 1, up and down", () => {
    // 7 * 8 + min(e, 64 / 4) = 72, an eighth of it is 9.
    expect(chart(1064n, state)).toEqual({ status: "OK", score: 256n, level: 1064n, scale: 9n, threshold: 64n });
    expect(chart(1065n, state)).toEqual({ status: "HELD", score: 260n, level: 1064n, scale: 9n, threshold: 64n });
    expect(chart(936n, state)).toMatchObject({ status: "OK", score: 256n, level: 936n, scale: 9n });
    expect(chart(935n, state)).toMatchObject({ status: "HELD", score: 260n, level: 936n, scale: 9n });
  });

  it("reports the answer itself where it is held", () => {
    expect(evaluate([1065n], { quorum: 1, state }).report.answer).toBe(1065n);
  });

  it("scores a standstill 0 and lets the scale decay, rounded down", () => {
    expect(chart(1000n, state)).toMatchObject({ status: "OK", score: 0n, level: 1000n, scale: 7n });
    expect(chart(1000n, { level: 1000n, scale: 1n })).toMatchObject({ scale: 0n }); // 7 / 8
  });

  it("clips what the scale learns at a quarter of T: 4e = T is the edge", () => {
    const scales = [15n, 16n, 17n].map((e) => chart(1000n + e, state).scale);
    expect(scales).toEqual([8n, 9n, 9n]); // floor(71 / 8), floor(72 / 8), clipped to 72
    // With T = 80 the clip at 20 shows in full: 7 * 10 + 19, 20 and (clipped) 20.
    const wider = [19n, 20n, 21n, 26n].map((e) => chart(1000n + e, { level: 1000n, scale: 10n }).scale);
    expect(wider).toEqual([11n, 11n, 11n, 11n]); // 26 unclipped would be 12
    // floor(T / 4), not T / 4: T = 23 clips at 5, and (7 * 1 + 5) / 8 stays below 2.
    const parameters = { ...PARAMETERS, jumpFloorPpm: 23_000n, kappaQ8: 0n };
    expect(chart(1023n, { level: 1000n, scale: 3n }, parameters)).toMatchObject({ threshold: 23n, scale: 3n });
  });

  it("takes T from the scale or from the floor, the larger, both rounded down", () => {
    expect(chart(1000n, { level: 1000n, scale: 2n }).threshold).toBe(20n);
    expect(chart(1000n, { level: 1000n, scale: 3n }).threshold).toBe(24n);
    expect(chart(1099n, { level: 1099n, scale: 0n }).threshold).toBe(21n); // 21.98
    const parameters = { ...PARAMETERS, kappaQ8: 255n };
    expect(chart(100n, { level: 100n, scale: 4n }, parameters).threshold).toBe(3n); // 3.98
  });

  it("caps T at a quarter of the level", () => {
    const wild = { level: 1003n, scale: 100n };
    expect(chart(1253n, wild)).toMatchObject({ status: "OK", threshold: 250n, level: 1253n });
    expect(chart(1254n, wild)).toMatchObject({ status: "HELD", threshold: 250n, level: 1253n });
  });

  it.each([
    // level, answer, status, next level, score
    [1n, 1n, "OK", 1n, 0n],
    [1n, 2n, "OK", 2n, 256n], // 10^6 < 2 * 500000 is false: the hard bound is strict
    [1n, 3n, "REFUSED", 1n, 512n],
    [2n, 1n, "OK", 1n, 256n],
    [2n, 3n, "OK", 3n, 256n],
    [2n, 4n, "HELD", 3n, 512n],
    [2n, 5n, "REFUSED", 2n, 768n],
    [3n, 1n, "REFUSED", 3n, 512n],
    [3n, 2n, "OK", 2n, 256n],
    [3n, 6n, "HELD", 4n, 768n],
    [3n, 7n, "REFUSED", 3n, 1024n],
    [4n, 2n, "HELD", 3n, 512n],
    [4n, 5n, "OK", 5n, 256n],
    [4n, 8n, "HELD", 5n, 1024n],
    [4n, 9n, "REFUSED", 4n, 1280n],
  ] as const)(
    "works on the smallest levels, where T is 1: from %s to %s is %s",
    (level, answer, status, next, score) => {
      expect(chart(answer, { level, scale: 0n })).toEqual({ status, score, level: next, scale: 0n, threshold: 1n });
    },
  );

  it("holds a jump to exactly the hard bound and refuses the next one, both ways, leaving the state", () => {
    expect(chart(2000n, state)).toMatchObject({ status: "HELD", level: 1064n });
    expect(chart(2001n, state)).toMatchObject({ status: "REFUSED", ...state });
    expect(chart(500n, state)).toMatchObject({ status: "HELD", level: 936n });
    expect(chart(499n, state)).toMatchObject({ status: "REFUSED", ...state });
  });

  it("reports answer and score of what it refuses", () => {
    const { report } = evaluate([2001n], { quorum: 1, state });
    expect(report).toMatchObject({ answer: 2001n, score: 4004n, status: "REFUSED" }); // 256 * 1001 / 64
  });

  it("refuses every change under a hard bound of 0 and none under one of 10^6", () => {
    const none = { ...PARAMETERS, hardPpm: 0n };
    expect(chart(1000n, state, none).status).toBe("OK");
    expect(chart(1001n, state, none).status).toBe("REFUSED");
    const any = { ...PARAMETERS, hardPpm: 1_000_000n };
    expect(chart(MAX, state, any).status).toBe("HELD");
    expect(chart(1n, state, any).status).toBe("HELD");
  });

  it("saturates the score at 16383", () => {
    const any = { ...PARAMETERS, hardPpm: 1_000_000n };
    const scores = [63n, 64n, 65n].map((e) => chart(4n + e, { level: 4n, scale: 0n }, any).score);
    expect(scores).toEqual([16_128n, 16_383n, 16_383n]); // 256 * 64 = 16384
  });

  it("walks to a price that stays and accepts it", () => {
    let at: Model.FeedState = { level: 1_000_000n, scale: 1000n };
    const statuses: string[] = [];
    for (let round = 0; round < 5; round++) {
      const { status, level, scale } = chart(1_100_000n, at);
      statuses.push(status);
      at = { level, scale };
    }
    expect(statuses).toEqual(["HELD", "HELD", "HELD", "HELD", "OK"]);
    expect(at.level).toBe(1_100_000n);
  });
});

describe("evaluate: what it refuses to look at", () => {
  it.each([2n ** 80n, -1n])("refuses a price of %s, below quorum too", (price) => {
    for (const prices of [[price], [price, 5n, 5n]]) {
      expect(() => evaluate(prices)).toThrow(expect.objectContaining({ code: "model.price", disposition: "reject" }));
    }
  });
});

describe("encodeParameters", () => {
  it("keeps the committed order", () => {
    const parameters = { initialScalePpm: 6n, hardPpm: 5n, jumpFloorPpm: 4n, kappaQ8: 3n, floorPpm: 2n, kQ8: 256n };
    expect(Model.encodeParameters(parameters)).toEqual([256n, 2n, 3n, 4n, 5n, 6n]);
  });

  it("names the parameter that is out of range", () => {
    expect(() => Model.encodeParameters({ ...PARAMETERS, hardPpm: 1_000_001n })).toThrow(
      "hardPpm: got 1000001, want 0 to 1000000",
    );
  });
});
