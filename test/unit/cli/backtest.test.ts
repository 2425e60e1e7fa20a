import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BacktestOptions, backtest } from "../../../src/cli/backtest/command.ts";
import { createClosers } from "../../../src/cli/shutdown.ts";
import { createFixedClock } from "../../support/fixedClock.ts";

const PROJECT = join(import.meta.dirname, "../../..");

let directory = "";
let path = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-backtest-"));
  path = join(directory, "market.csv");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function run(csv: string, change: Partial<BacktestOptions> = {}, signal = new AbortController().signal) {
  await writeFile(path, csv);
  let [out, err] = ["", ""];
  const options = {
    ...{ market: path, pair: "BTC/USD", decimals: 2, param: [], json: true, prove: false },
    model: "HampelChart" as const,
    ...change,
  };
  await backtest(options, {
    root: PROJECT,
    clock: createFixedClock(0),
    signal,
    closers: createClosers(),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return {
    out,
    err,
    lines: options.json
      ? out
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line))
      : [],
  };
}

const MARKET = "ts,a,b,c,d\n60,1000,1001,1002,1130\n120,,,1002,1001\n180,1500,1500,1500,1500\n";

describe("backtest", () => {
  it("gives one JSON object a row and the summary last", async () => {
    const { lines } = await run(MARKET);
    expect(lines).toEqual([
      { ts: 60, answer: "1001", status: "OK", score: 0, observers: 4, outliers: ["d"] },
      { ts: 120, answer: "0", status: "NO_QUORUM", score: 0, observers: 2, outliers: [] },
      { ts: 180, answer: "1500", status: "HELD", score: expect.any(Number), observers: 4, outliers: [] },
      { summary: { rounds: 3, outliers: { a: 0, b: 0, c: 0, d: 1 }, ok: 1, held: 1, refused: 0, noQuorum: 1 } },
    ]);
  });

  it("says on stderr what it works with, and every cell that it leaves out", async () => {
    const { err } = await run("ts,a,b,c\n60,1,2,x\n");
    expect(err).toContain("BTC/USD: 3 venues (a, b, c), quorum 2, round-4x4: 1 of its 4 slots stay unused\n");
    expect(err).toContain('left out: line 2: c: got "x", want');
  });

  it("shows a person the row, what was rejected, and the summary", async () => {
    const { out } = await run(MARKET, { json: false });
    const [row, , , ...summary] = out.split("\n");
    expect(row).toBe("1970-01-01 00:01:00 UTC  1001             OK        score  0.00  rejected: d 1130 (+12.88 %)");
    expect(summary.join("\n")).toContain("3 rounds: OK 1, HELD 1, REFUSED 0, NO_QUORUM 1");
  });

  it("says so where there are no rows, where columns of two pairs are chosen, and where most rows lack prices", async () => {
    expect((await run("ts,a,b,c,d\n")).err).toContain("market.csv has a header and no rows\n");
    const mixed = await run("ts,x_btcusd,y_btcusdt\n1,1,1\n", { venues: ["x_btcusd", "y_btcusdt"] });
    expect(mixed.err).toContain("the chosen columns name several pairs: btcusd, btcusdt\n");
    const sparse = "ts,a,b,c,d\n1,,1,1,1\n2,,,1,1\n3,,,,1\n";
    expect((await run(sparse)).err).toContain("2 of 3 rows have fewer prices than the quorum of 3");
    expect((await run(sparse, { quorum: 2 })).err).not.toContain("than the quorum");
  });

  it("takes the smallest circuit that has a slot for each venue", async () => {
    expect((await run("ts,a,b,c,d\n")).err).toContain("quorum 3, round-4x4\n");
    expect((await run("ts,a,b,c,d,e\n")).err).toContain("quorum 3, round-8x20: 3 of its 8 slots stay unused");
    await expect(run("ts,a,b,c,d,e,f,g,h,i\n")).rejects.toMatchObject({
      code: "usage.venues",
      message: "got 9 venues, want at most the 8 of round-8x20: choose some with --venues",
    });
  });

  it("takes a model from the command line, and the smallest circuit that has it", async () => {
    const { err, lines } = await run(MARKET, { model: "LearnedChart" });
    expect(err).toContain("quorum 3, round-4x4-learned\n");
    // The first row's price that is 13 % off shows in the learned score and in nothing else of it.
    const [first, second] = (await run(MARKET)).lines;
    expect(lines[0]).toEqual({ ...first, score: expect.any(Number) });
    expect(first.score).toBe(0);
    expect(lines[0].score).toBeGreaterThan(256);
    expect(lines[1]).toEqual(second);
    await expect(run("ts,a,b,c,d,e\n", { model: "LearnedChart" })).rejects.toMatchObject({
      code: "usage.venues",
      message: "got 5 venues, want at most the 4 of round-4x4-learned: choose some with --venues",
    });
  });

  it("takes a parameter from the command line, the last one if it is given twice", async () => {
    // With a hard bound of 10 % the step of 50 % is refused instead of held.
    const { lines } = await run(MARKET, { param: ["hardPpm=1", "hardPpm=100000"] });
    expect(lines.at(-1).summary).toMatchObject({ ok: 1, held: 0, refused: 1, noQuorum: 1 });
  });

  it("takes a quorum from the command line", async () => {
    expect((await run(MARKET, { quorum: 2 })).lines.at(-1).summary.noQuorum).toBe(0);
  });

  it.each<[string, Partial<BacktestOptions>, string, string]>([
    [
      "an unknown parameter",
      { param: ["k=1"] },
      "usage.param",
      "got --param k=1, want one of\n  kQ8=256..65535\n  floorPpm=0..",
    ],
    ["a parameter without a value", { param: ["kQ8"] }, "usage.param", "got --param kQ8, want kQ8=256..65535"],
    [
      "a parameter that is no integer",
      { param: ["kQ8=1.5"] },
      "usage.param",
      "got --param kQ8=1.5, want kQ8=256..65535",
    ],
    ["a negative parameter", { param: ["floorPpm=-1"] }, "usage.param", "got --param floorPpm=-1"],
    ["a name of Object's own", { param: ["constructor=1"] }, "usage.param", "got --param constructor=1"],
    ["a parameter out of range", { param: ["kQ8=255"] }, "usage.param", "got --param kQ8=255, want kQ8=256..65535"],
    ["a quorum above the venues", { quorum: 5 }, "usage.quorum", "got --quorum 5, want at most the 4 venues"],
    ["19 decimals", { decimals: 19 }, "usage.decimals", "got --decimals 19, want at most 18"],
  ])("refuses %s", async (_name, change, code, message) => {
    const running = run(MARKET, change);
    await expect(running).rejects.toMatchObject({ code });
    await expect(running).rejects.toThrow(message);
  });

  it("ends with the signal's reason between two rows", async () => {
    const reason = new Error("enough");
    await expect(run(MARKET, {}, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
