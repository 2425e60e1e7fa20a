import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assay } from "./process.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-e2e-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const file = async (name: string, lines: readonly string[]): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
};

const MARKET = [
  "ts,venue1,venue2,venue3,venue4",
  "1677628800,100.00,100.10,99.95,100.05",
  "1677628860,100.00,160.00,99.95,100.05",
  "1677628920,103.10,103.20,103.00,103.15",
  "1677628980,100.00,,99.95,",
  "1677629040,10.00,10.01,10.02,10.03",
];

describe("assay backtest", () => {
  it("prints each row and a summary as JSON", async () => {
    const path = await file("market.csv", MARKET);
    const { code, stdout } = await assay("backtest", "--market", path, "--pair", "XX/USD", "--json").ended;
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(6);
    // Worked by hand from docs/protocol.md, section 5: sums over inliers, floor division at 8 decimals.
    expect(lines[0]).toEqual({ ts: 1677628800, answer: "100.025", status: "OK", score: 0, observers: 4, outliers: [] });
    expect(lines[1]).toMatchObject({ answer: "100", status: "OK", observers: 4, outliers: ["venue2"] });
    expect(lines[2]).toMatchObject({ answer: "103.1125", status: "HELD", outliers: [] });
    expect(lines[3]).toEqual({
      ts: 1677628980,
      answer: "0",
      status: "NO_QUORUM",
      score: 0,
      observers: 2,
      outliers: [],
    });
    expect(lines[4]).toMatchObject({ answer: "10.015", status: "REFUSED" });
    expect(lines[5].summary).toEqual({
      rounds: 5,
      outliers: { venue1: 0, venue2: 1, venue3: 0, venue4: 0 },
      ok: 2,
      held: 1,
      refused: 1,
      noQuorum: 1,
    });
  });

  it("gives the same rows with every one proven and verified", async () => {
    const path = await file("market.csv", MARKET);
    const plain = await assay("backtest", "--market", path, "--pair", "XX/USD", "--json").ended;
    const proven = await assay("backtest", "--market", path, "--pair", "XX/USD", "--json", "--prove").ended;
    expect(proven.code, proven.stderr).toBe(0);
    expect(proven.stdout).toBe(plain.stdout);
  });

  it("takes parameters, quorum and decimals", async () => {
    const path = await file("market.csv", MARKET);
    const run = (...args: string[]) => assay("backtest", "--market", path, "--pair", "XX/USD", "--json", ...args).ended;
    const loose = await run("--param", "floorPpm=1000000", "--param", "jumpFloorPpm=200000");
    expect(JSON.parse(loose.stdout.split("\n")[1] ?? "")).toMatchObject({ outliers: [] });
    expect(JSON.parse(loose.stdout.split("\n")[2] ?? "")).toMatchObject({ status: "OK" });
    const two = await run("--quorum", "2", "--decimals", "1");
    expect(JSON.parse(two.stdout.split("\n")[3] ?? "")).toMatchObject({ status: "OK", answer: "99.9" });
  });

  it.each([
    ["an unknown parameter", ["--param", "speed=1"], "speed=1"],
    ["a parameter out of range", ["--param", "kQ8=255"], "want kQ8=256..65535"],
    ["a quorum above the venues", ["--quorum", "5"], "want at most the 4 venues"],
    ["an unknown venue", ["--venues", "venue1,kraken"], "want some of venue1,venue2,venue3,venue4"],
  ])("refuses %s with exit code 64", async (_what, args, reason) => {
    const path = await file("market.csv", MARKET);
    const { code, stdout, stderr } = await assay("backtest", "--market", path, "--pair", "XX/USD", ...args).ended;
    expect(code).toBe(64);
    expect(stdout).toBe("");
    expect(stderr).toContain(reason);
  });

  it("refuses a file with columns of several pairs, with the list, until venues are chosen", async () => {
    const path = await file("pairs.csv", ["ts,a_btcusd,b_btcusd,a_btcusdt", "60,1,2,3"]);
    const refused = await assay("backtest", "--market", path, "--pair", "BTC/USD").ended;
    expect(refused.code).toBe(64);
    expect(refused.stderr).toContain("btcusd: a_btcusd,b_btcusd");
    expect(refused.stderr).toContain("btcusdt: a_btcusdt");
    const chosen = await assay("backtest", "--market", path, "--pair", "BTC/USD", "--venues", "a_btcusd,b_btcusd")
      .ended;
    expect(chosen.code).toBe(0);
  });

  it("says how many of the circuit's slots a file leaves unused, and refuses more venues than the largest has", async () => {
    const three = await file("three.csv", ["ts,a,b,c", "60,1,1,1"]);
    expect((await assay("backtest", "--market", three, "--pair", "AA/BB").ended).stderr).toContain(
      "round-4x4: 1 of its 4 slots stay unused",
    );
    const nine = await file("nine.csv", ["ts,a,b,c,d,e,f,g,h,i", "60,1,1,1,1,1,1,1,1,1"]);
    const refused = await assay("backtest", "--market", nine, "--pair", "AA/BB").ended;
    expect(refused.code).toBe(64);
    expect(refused.stderr).toContain("got 9 venues, want at most the 8 of round-8x20");
  });

  it("leaves out cells that hold no price, saying so, and keeps the row", async () => {
    const path = await file("bad.csv", ["ts,a,b,c", "60,-1,abc,1e40", "120,5,5,5"]);
    const { code, stdout, stderr } = await assay("backtest", "--market", path, "--pair", "AA/BB", "--json").ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({ status: "NO_QUORUM", observers: 0 });
    for (const cell of ["line 2: a", "line 2: b", "line 2: c"]) expect(stderr).toContain(cell);
  });
});
