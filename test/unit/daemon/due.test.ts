import { describe, expect, it } from "vitest";
import { isDue, type Published } from "../../../src/daemon/due.ts";
import type { Report, Status } from "../../../src/model/hampelChart.ts";

const THRESHOLD = { deviationPpm: 5000, heartbeatSeconds: 3600 };
const PUBLISHED: Published = { answers: [1_000_000n, 200n], observedAtSeconds: 10_000 };

const report = (answer: bigint, status: Status = "OK"): Report => ({
  answer,
  dispersion: 0n,
  score: 0n,
  inliers: 0n,
  status,
});

function due(reports: readonly Report[], published = PUBLISHED, nowSeconds = 10_060, threshold = THRESHOLD) {
  return isDue({ reports, nowSeconds }, published, threshold);
}

describe("isDue", () => {
  it("is due when there was no round", () => {
    const none: Published = { answers: [undefined, undefined], observedAtSeconds: undefined };
    expect(due([report(5n), report(0n, "NO_QUORUM")], none)).toEqual({ due: true, reason: "first round" });
  });

  it("is not due while nothing moves and the last round is young", () => {
    expect(due([report(1_000_000n), report(200n)])).toEqual({ due: false });
  });

  it("is due exactly at the heartbeat, not a second earlier", () => {
    const still = [report(1_000_000n), report(200n)];
    expect(due(still, PUBLISHED, 13_599)).toEqual({ due: false });
    expect(due(still, PUBLISHED, 13_600)).toEqual({ due: true, reason: "heartbeat: the last round is 3600 s old" });
  });

  it.each([
    [1_004_999n, false],
    [1_005_000n, true],
    [1_005_001n, true],
    [995_001n, false],
    [995_000n, true],
    [994_999n, true],
  ])("at 5000 ppm of 1000000: an answer of %s makes it due: %s", (answer, expected) => {
    expect(due([report(answer), report(200n)])).toEqual(
      expected ? { due: true, reason: "deviation: feed 0" } : { due: false },
    );
  });

  it("does not round: 1 of 200 is exactly 5000 ppm, 1 of 201 is less", () => {
    expect(due([report(1_000_000n), report(201n)]).due).toBe(true);
    expect(due([report(1_000_000n), report(202n)], { ...PUBLISHED, answers: [1_000_000n, 201n] }).due).toBe(false);
  });

  it("measures against what consumers read, not against the new answer", () => {
    // 1005000 - 1000000 is less than 5000 ppm of 1005000.
    expect(due([report(1_005_000n), report(200n)]).due).toBe(true);
    expect(due([report(1_000_000n), report(200n)], { ...PUBLISHED, answers: [1_005_000n, 200n] }).due).toBe(false);
  });

  it("is due when any feed moves, and names the first", () => {
    expect(due([report(1_000_000n), report(300n)])).toEqual({ due: true, reason: "deviation: feed 1" });
    expect(due([report(2_000_000n), report(300n)])).toEqual({ due: true, reason: "deviation: feed 0" });
  });

  it("is never made due by a feed without a quorum", () => {
    const silent = report(0n, "NO_QUORUM");
    expect(due([silent, silent])).toEqual({ due: false });
    expect(due([silent, silent], { ...PUBLISHED, answers: [undefined, 200n] })).toEqual({ due: false });
  });

  it("is never made due by feeds that the set has not", () => {
    expect(due([report(1_000_000n), report(200n), report(0n), report(0n)])).toEqual({ due: false });
  });

  it.each(["HELD", "REFUSED"] as const)("is due when an answer deviates that would be %s", (status) => {
    expect(due([report(1_005_000n, status), report(200n)])).toEqual({ due: true, reason: "deviation: feed 0" });
  });

  it("is due when a feed has its first answer", () => {
    expect(due([report(1_000_000n), report(5n)], { ...PUBLISHED, answers: [1_000_000n, undefined] })).toEqual({
      due: true,
      reason: "deviation: feed 1",
    });
  });

  it("is due with every answer under a threshold of 0", () => {
    const always = { deviationPpm: 0, heartbeatSeconds: 3600 };
    expect(due([report(1_000_000n), report(200n)], PUBLISHED, 10_060, always).due).toBe(true);
  });
});
