import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMarket } from "../../../src/cli/backtest/market.ts";

let directory = "";
let path = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-market-"));
  path = join(directory, "market.csv");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function read(text: string, venues?: readonly string[]) {
  await writeFile(path, text);
  return readMarket({ path, decimals: 2, venues });
}

async function refused(text: string, message: string | RegExp, venues?: readonly string[]): Promise<void> {
  const reading = read(text, venues);
  await expect(reading).rejects.toMatchObject({ code: "usage.market" });
  await expect(reading).rejects.toThrow(message);
}

describe("readMarket", () => {
  it("reads one price a venue and row, scaled and rounded down; an empty cell is no price and no complaint", async () => {
    expect(await read("ts,a,b\n60,1.5,0.019\n120,,2e1\n")).toEqual({
      venues: ["a", "b"],
      pairs: [],
      rows: [
        { ts: 60, prices: [150n, 1n], refused: [] },
        { ts: 120, prices: [0n, 2000n], refused: [] },
      ],
    });
  });

  it("reads CRLF, a byte order mark, quotes, blanks around a cell and no newline at the end", async () => {
    expect(await read('\uFEFFts, a ,"b"\r\n60,"1.5", 2 \r\n120,  ,""')).toEqual({
      venues: ["a", "b"],
      pairs: [],
      rows: [
        { ts: 60, prices: [150n, 200n], refused: [] },
        { ts: 120, prices: [0n, 0n], refused: [] },
      ],
    });
  });

  it("reads a quoted header behind a byte order mark", async () => {
    expect((await read('\uFEFF"ts","a"\n60,1\n')).venues).toEqual(["a"]);
  });

  it("leaves out a cell that holds no price, naming line and venue, and keeps the rest of the row", async () => {
    const text =
      'ts,a,b\n1,abc,7\n2,-5,7\n3,1e40,7\n4,0,7\n5,0.001,7\n6,0x10,7\n7,NaN,7\n8,"1,000",7\n9,+1,7\n10,.5,7\n';
    const { rows } = await read(text);
    expect(rows.map(({ prices }) => prices)).toEqual(Array(10).fill([0n, 700n]));
    expect(rows.map(({ refused: reasons }) => reasons)).toEqual([
      ['line 2: a: got "abc", want a plain or exponent decimal without a sign'],
      [expect.stringMatching(/^line 3: a: got "-5", /)],
      [expect.stringMatching(/^line 4: a: got 1000000000000000000000000000000000000000000, want a scaled price/)],
      [expect.stringMatching(/^line 5: a: got 0, want a scaled price/)],
      [expect.stringMatching(/^line 6: a: got 0, want a scaled price/)],
      [expect.stringMatching(/^line 7: a: got "0x10", /)],
      [expect.stringMatching(/^line 8: a: got "NaN", /)],
      [expect.stringMatching(/^line 9: a: got "1,000", /)],
      [expect.stringMatching(/^line 10: a: got "\+1", /)],
      [expect.stringMatching(/^line 11: a: got "\.5", /)],
    ]);
  });

  it("refuses columns of several pairs with the list of them", async () => {
    await refused(
      "ts,x_btcusd,y_BTCUSD,z_btcusdt,w\n1,1,2,3,4\n",
      "choose one pair's with --venues\n  btcusd: x_btcusd,y_BTCUSD\n  btcusdt: z_btcusdt\n  other: w",
    );
  });

  it("takes columns of one pair, and columns that name none", async () => {
    expect((await read("ts,x_btcusd,y_btcusd,z\n")).venues).toEqual(["x_btcusd", "y_btcusd", "z"]);
    expect((await read("ts,kraken,gate_usdt\n")).venues).toEqual(["kraken", "gate_usdt"]);
  });

  it("takes the chosen columns, in their order, from a file of several pairs", async () => {
    const { venues, rows } = await read("ts,x_btcusd,y_btcusdt,z_btcusd\n1,1,oops,3\n", ["z_btcusd", "x_btcusd"]);
    expect(venues).toEqual(["z_btcusd", "x_btcusd"]);
    expect(rows).toEqual([{ ts: 1, prices: [300n, 100n], refused: [] }]);
  });

  it("says which pairs the chosen columns name", async () => {
    const text = "ts,x_btcusd,y_BTCUSDT,z\n";
    expect((await read(text, ["x_btcusd", "y_BTCUSDT", "z"])).pairs).toEqual(["btcusd", "btcusdt"]);
    expect((await read(text, ["x_btcusd", "z"])).pairs).toEqual(["btcusd"]);
  });

  it("refuses an empty file, and a directory, naming it", async () => {
    await refused("", "got an empty file, want the header");
    await expect(readMarket({ path: directory, decimals: 2 })).rejects.toThrow(`${directory}: got no text of it`);
  });

  it("says of the first ts only that it wants unix seconds", async () => {
    await refused("ts,a\n2023-03-09,1\n", /got ts "2023-03-09", want unix seconds$/);
  });

  it("refuses a venue that is no column, naming it and those there are", async () => {
    await refused("ts,a,b\n1,1,1\n", "got --venues q,ts, want some of a,b", ["a", "q", "ts"]);
  });

  it("refuses a venue that is chosen twice, and an empty choice", async () => {
    await refused("ts,a,b\n1,1,1\n", "got --venues a,a, want each once", ["a", "a"]);
    await refused("ts,a,b\n1,1,1\n", "got --venues , want some of a,b", [""]);
  });

  it.each([
    ["no ts first", "time,a\n1,1\n"],
    ["ts alone", "ts\n1\n"],
    ["the same venue twice", "ts,a,a\n1,1,1\n"],
    ["the same venue twice but for blanks", "ts,a, a\n1,1,1\n"],
    ["a second ts", "ts,a,ts\n1,1,1\n"],
    ["a venue without a name", "ts,a,\n1,1,1\n"],
    ["a row in the header's place", "1,2,3\n"],
  ])("refuses a header with %s", async (_name, text) => {
    await refused(text, /got the header .*, want ts,venue1,venue2,\.\.\. with distinct names/);
  });

  it.each([
    ["the same", "60"],
    ["earlier", "59"],
    ["empty", ""],
    ["a date", "2023-03-09"],
    ["a fraction", "61.5"],
    ["negative", "-1"],
    ["in an exponent's form", "1e9"],
    ["of 13 digits, as milliseconds are", "1678396800000"],
  ])("refuses a ts that is %s, naming its line", async (_name, ts) => {
    await refused(`ts,a\n60,1\n${ts},1\n`, `line 3: got ts "${ts}", want unix seconds after 60`);
  });

  it("names the line as an editor counts it, empty lines included", async () => {
    await refused("ts,a\n60,1\n\n\n60,1\n", "line 5: got ts");
    expect((await read("ts,a\n\n60,x\n")).rows[0]?.refused[0]).toMatch(/^line 3: /);
  });

  it.each([
    ["a row that is short", "ts,a,b\n1,2\n", "on line 2"],
    ["a row that is long", "ts,a,b\n1,2,3\n2,2,3,4\n", "on line 3"],
    ["a quote that does not close", 'ts,a\n1,"2\n', "line 2"],
  ])("refuses %s with the line", async (_name, text, message) => {
    await refused(text, message);
  });

  it("refuses a file that is not there", async () => {
    const missing = readMarket({ path: join(directory, "missing.csv"), decimals: 2 });
    await expect(missing).rejects.toMatchObject({
      code: "usage.market",
      message: expect.stringContaining("missing.csv"),
    });
  });

  it("reads a header without rows as an empty market", async () => {
    expect(await read("ts,a\n")).toEqual({ venues: ["a"], pairs: [], rows: [] });
  });
});
