import { existsSync, readFileSync } from "node:fs";
import { parse as parseLossless, stringify } from "lossless-json";
import { describe, expect, it } from "vitest";
import * as Job from "../../../src/job/job.ts";
import type { HttpJson } from "../../../src/job/schema.ts";
import * as Decimal from "../../../src/lib/decimal.ts";
import { extract } from "../../../src/source/httpJson.ts";

const RECORDED = "../shared/data/http";
const present = existsSync(RECORDED);
const bytes = (text: string) => new TextEncoder().encode(text);
const eight = await Job.load("jobs/live-btc-8.json");

/** What jobs/live-btc-8.json asks a venue for a pair. */
function settingOf(venue: string, pair: string): HttpJson {
  const reporter = eight.spec.reporters.find((candidate) => candidate.venue === venue);
  const setting = reporter?.sources.find((candidate) => candidate.pair === pair);
  if (setting?.kind !== "http-json") {
    throw new Error(`no http-json source of ${venue} for ${pair}`);
  }
  return setting;
}

const plain = (
  path: HttpJson["path"],
  expect: HttpJson["expect"],
  time?: Pick<NonNullable<HttpJson["time"]>, "path" | "unit">,
) => ({
  path,
  expect,
  require: [],
  time: time && { ...time, maxAgeSeconds: 60, maxAheadSeconds: 5 },
});

function read(body: Uint8Array, setting: Parameters<typeof extract>[1], nowMs: number): [string, number | undefined] {
  const { value, observedAtMs } = extract(body, setting, nowMs);
  return [Decimal.format(Decimal.scaleDown(value, 18), 18), observedAtMs];
}

describe("extract, by the shape that OKX documents", () => {
  const body = (code: string, instId: string) =>
    bytes(
      `{"code":"${code}","msg":"","data":[{"instType":"SPOT","instId":"${instId}","last":"9999.99","ts":"1597026383085"}]}`,
    );

  it("reads last and ts", () => {
    const setting = settingOf("okx", "BTC/USDT");
    expect(read(body("0", "BTC-USDT"), setting, 1_597_026_384_000)).toEqual(["9999.99", 1_597_026_383_085]);
  });

  it.each([
    ["1", "BTC-USDT"],
    ["0", "ETH-USDT"],
  ])("refuses code %s of %s", (code, instId) => {
    expect(() => extract(body(code, instId), settingOf("okx", "BTC/USDT"), 1_597_026_384_000)).toThrow(
      expect.objectContaining({ code: "source.mismatch" }),
    );
  });
});

describe("extract, by the details", () => {
  it("keeps every digit of a number that no float holds", () => {
    const body = bytes('{"last":73346.14000000000000000001}');
    expect(Decimal.format(extract(body, plain(["last"], "number"), 0).value.coefficient, 0)).toBe(
      "7334614000000000000000001",
    );
  });

  it("hashes the bytes as they came", () => {
    const a = extract(bytes('{"last":1}'), plain(["last"], "number"), 0);
    const b = extract(bytes('{"last": 1}'), plain(["last"], "number"), 0);
    expect(a.rawDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(a.rawDigest).not.toBe(b.rawDigest);
  });

  it.each<[string, NonNullable<HttpJson["time"]>["unit"], number]>([
    ["1710328241", "s", 1_710_328_241_000],
    ["1710328241.5", "s", 1_710_328_241_500],
    ["1710328241270", "ms", 1_710_328_241_270],
    ['"1710328241"', "s-string", 1_710_328_241_000],
    ['"1710328241.8583299"', "s-string", 1_710_328_241_858],
    ['"1710328241270"', "ms-string", 1_710_328_241_270],
    ['"2024-03-13T11:10:41.270099Z"', "iso8601", 1_710_328_241_270],
    ['"2024-03-13T12:10:41+01:00"', "iso8601", 1_710_328_241_000],
  ])("reads the time %s as %s", (time, unit, want) => {
    const body = bytes(`{"p":"1","t":${time}}`);
    expect(read(body, plain(["p"], "string", { path: ["t"], unit }), 1_710_328_245_000)[1]).toBe(want);
  });

  it.each<[string, NonNullable<HttpJson["time"]>["unit"]]>([
    ['"2024-03-13T11:10:41"', "iso8601"],
    ['"2024-02-30T11:10:41Z"', "iso8601"],
    ['"13 March 2024"', "iso8601"],
    ["1710328241", "iso8601"],
    ['"1710328241"', "s"],
    ["1710328241", "s-string"],
    ['"soon"', "ms-string"],
    ["null", "ms"],
  ])("refuses the time %s as %s", (time, unit) => {
    const body = bytes(`{"p":"1","t":${time}}`);
    expect(() => extract(body, plain(["p"], "string", { path: ["t"], unit }), 1_710_328_245_000)).toThrow(
      expect.objectContaining({ code: "source.time" }),
    );
  });

  it.each<[string, HttpJson["path"]]>([
    ['{"a":[1]}', ["a", "0"]],
    ['{"a":[1]}', ["a", 1]],
    ['{"a":[1]}', ["a", "length"]],
    ['{"a":1}', ["a", "value"]],
    ['{"0":1}', [0]],
    ['"text"', ["length"]],
    ["{}", ["constructor", "name"]],
  ])("finds nothing in %s at %j", (body, path) => {
    expect(() => extract(bytes(body), plain(path, "number"), 0)).toThrow(
      expect.objectContaining({ code: "source.path" }),
    );
  });

  it("accepts a price at the edges of its age and refuses one millisecond beyond", () => {
    const at = (now: number) => () =>
      extract(bytes('{"p":"1","t":1000000}'), plain(["p"], "string", { path: ["t"], unit: "ms" }), now);
    expect(at(1_060_000)().observedAtMs).toBe(1_000_000);
    expect(at(995_000)().observedAtMs).toBe(1_000_000);
    expect(at(1_060_001)).toThrow(expect.objectContaining({ code: "source.stale" }));
    expect(at(994_999)).toThrow(expect.objectContaining({ code: "source.future" }));
  });
});

describe.skipIf(!present)(
  `extract, on recorded bodies (${present ? RECORDED : `skipped: ${RECORDED} is absent`})`,
  () => {
    const SNAPSHOT_MS = Date.parse("2024-03-13T11:10:45Z");

    it.each<[string, string, string, number | undefined]>([
      ["kraken", "kraken", "73380.6", undefined],
      ["coinbase_exchange", "coinbase", "73367.8", 1_710_328_241_270],
      ["bitstamp", "bitstamp", "73285", 1_710_328_241_000],
      ["bitfinex", "bitfinex", "73350", undefined],
      ["gemini", "gemini", "73268.24", 1_710_328_245_000],
      ["binance_us", "binance", "73346.14", 1_710_328_244_727],
    ])("reads BTC/USDT of %s in the snapshot of 2024-03-13", (recorded, venue, price, time) => {
      const { http_response: body } = pick(
        "ccxt_tickers_2024-03-13.json",
        "entries",
        (entry) => entry.venue === recorded && entry.method === "fetchTicker" && entry.symbol === "BTC/USDT",
      );
      // The fixture turned these two venues' times from numbers to strings (MANIFEST.md); the venues send numbers.
      const text = stringify(body)?.replace(/"(timestamp|closeTime)":"(\d{13})"/, '"$1":$2') ?? "";
      expect(read(bytes(text), settingOf(venue, "BTC/USDT"), SNAPSHOT_MS)).toEqual([price, time]);
    });

    it.each<[string, string, string, string, string, string, number]>([
      ["binance", "/api/v3/ticker/24hr", "symbol=BTCUSDT", "binance", "BTC/USDT", "6705.82", 1_586_991_278_494],
      ["bitstamp", "/api/v2/ticker/btcusd/", "", "bitstamp", "BTC/USD", "2211", 1_643_640_186_000],
      ["gemini", "/v1/pubticker/BTCUSD", "", "gemini", "BTC/USD", "11381.47", 1_565_587_800_000],
    ])("reads the response of %s to %s %s", (exchange, path, query, venue, pair, price, time) => {
      const { body } = pick(
        "gocryptotrader_public_responses.json",
        "entries",
        (entry) => entry.exchange === exchange && entry.path === path && String(entry.query ?? "") === query,
      );
      expect(read(bytes(stringify(body) ?? ""), settingOf(venue, pair), time + 1_000)).toEqual([price, time]);
    });

    it("refuses Gemini's error body", () => {
      const { body } = pick(
        "gocryptotrader_public_responses.json",
        "entries",
        (entry) => entry.path === "/v1/pubticker/bla",
      );
      expect(() => extract(bytes(stringify(body) ?? ""), settingOf("gemini", "BTC/USD"), 0)).toThrow(
        expect.objectContaining({ code: "source.path" }),
      );
    });

    it("reads Gate's body as it was recorded, and none of another pair", () => {
      const body = readFileSync(`${RECORDED}/xchange/xchange-gateio-v4__api_v4_spot_tickers_btc-usdt.json`);
      expect(read(body, settingOf("gate", "BTC/USDT"), 0)).toEqual(["26028.7", undefined]);
      expect(() => extract(body, settingOf("gate", "BTC/USDC"), 0)).toThrow(
        expect.objectContaining({ code: "source.mismatch" }),
      );
    });

    it.each<[string, ReturnType<typeof plain>, string, number]>([
      ["kraken__example-ticker-data.json", plain(["result", "XXBTZEUR", "c", 0], "string"), "560.87711", 0],
      [
        "bitfinex_v1__example-ticker-data.json",
        plain(["last_price"], "string", { path: ["timestamp"], unit: "s-string" }),
        "523.67",
        1_400_949_917_858,
      ],
      ["bitfinex_v2__example-ticker-data.json", plain([1, 7], "number"), "7381.2", 0],
      ["bitfinex_v2__example-ticker-data.json", plain([0, 5], "number"), "0.00000001", 0],
      [
        "bitstamp__example-ticker-data.json",
        plain(["last"], "string", { path: ["timestamp"], unit: "s-string" }),
        "134.89",
        1_381_787_133_000,
      ],
      [
        "bybit__getTickerSpot.json5",
        plain(["result", "list", 0, "lastPrice"], "string", { path: ["time"], unit: "ms" }),
        "20533.13",
        1_673_859_087_947,
      ],
      [
        "coinmarketcap__example-ticker.json",
        plain(["quote", "USD", "price"], "number", { path: ["quote", "USD", "last_updated"], unit: "iso8601" }),
        "48827.989730634145",
        1_630_167_199_000,
      ],
      [
        "huobi__example-ticker-data.json",
        plain(["tick", "close"], "number", { path: ["ts"], unit: "ms" }),
        "9468.9",
        1_519_635_815_283,
      ],
      [
        "upbit__example-marketrecords-ticker-data.json",
        plain([0, "trade_price"], "number", { path: [0, "timestamp"], unit: "ms" }),
        "7050000",
        1_530_510_140_578,
      ],
    ])("reads %s", (file, setting, price, time) => {
      const body = readFileSync(`${RECORDED}/xchange/xchange-${file}`);
      expect(read(body, setting, time)).toEqual([price, setting.time && time]);
    });
  },
);

function pick(
  file: string,
  list: string,
  wanted: (entry: Record<string, unknown>) => boolean,
): Record<string, unknown> {
  // `as`: a recorded file whose shape MANIFEST.md gives; numbers keep their digits.
  const parsed = parseLossless(readFileSync(`${RECORDED}/${file}`, "utf8")) as Record<
    string,
    Record<string, unknown>[]
  >;
  const entry = parsed[list]?.find(wanted);
  if (entry === undefined) {
    throw new Error(`no such entry in ${file}`);
  }
  return entry;
}
