import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import * as Job from "../../../src/job/job.ts";
import type { Replay } from "../../../src/job/schema.ts";
import * as Decimal from "../../../src/lib/decimal.ts";
import { createObserve } from "../../../src/source/observePrices.ts";
import { createFeedSources } from "../../../src/source/registry.ts";
import { createReadTable, createReplay } from "../../../src/source/replay.ts";
import { createFakeClock, createFakeLog } from "./support.ts";

const signal = new AbortController().signal;
const setting: Replay = { pair: "BTC/USD", kind: "replay", file: "data/x.csv", column: "a" };
const sourceOf = (text: string, edit: Partial<Replay> = {}) => {
  const files: string[] = [];
  const readTable = createReadTable({
    directory: "jobs",
    readFile: async (path) => {
      files.push(path);
      return text;
    },
  });
  const reader = createReplay({ ...setting, ...edit }, 8, readTable);
  return { files, at: (epoch: number, periodSeconds = 60) => reader({ epoch, periodSeconds }, { signal }) };
};

describe("replay", () => {
  const table = "ts,a,b\n600,1.5,\n660,3,4\n";

  it("reads the row of the epoch's minute, the file once", async () => {
    const { at, files } = sourceOf(table);
    expect(await at(10)).toMatchObject({
      value: Decimal.parse("1.5"),
      observedAtMs: 600_000,
      origin: "data/x.csv#a@600",
    });
    expect((await at(11)).value).toEqual(Decimal.parse("3"));
    expect((await at(64, 10)).value).toEqual(Decimal.parse("1.5"));
    expect(files).toEqual(["jobs/data/x.csv"]);
  });

  it("divides by the other column, rounded down", async () => {
    const { value } = await sourceOf(table, { over: "b" }).at(11);
    expect(Decimal.format(Decimal.scaleDown(value, 8), 8)).toBe("0.75");
  });

  it.each<[string, string, Partial<Replay>, number, string]>([
    ["an empty cell", table, { column: "b" }, 10, "source.none"],
    ["an empty divisor", table, { over: "b" }, 10, "source.none"],
    ["a minute that was not recorded", table, {}, 12, "source.none"],
    ["a column that is not there", table, { column: "c" }, 10, "source.file"],
    ["a divisor column that is not there", table, { over: "c" }, 10, "source.file"],
    ["a divisor of zero", "ts,a,b\n600,1,0.0\n", { over: "b" }, 10, "source.range"],
    ["a cell that is no price", "ts,a\n600,n/a\n", {}, 10, "source.value"],
    ["a file without ts", "a,b\n600,1\n", {}, 10, "source.file"],
    ["a row that is cut", "ts,a\n600\n", {}, 10, "source.file"],
    ["a minute given twice", "ts,a\n600,1\n600,2\n", {}, 10, "source.file"],
    ["a column given twice", "ts,a,a\n600,1,2\n", {}, 10, "source.file"],
    ["an empty file", "", {}, 10, "source.file"],
  ])("refuses %s", async (_what, text, edit, epoch, code) => {
    await expect(sourceOf(text, edit).at(epoch)).rejects.toMatchObject({ code, disposition: "reject" });
  });

  it("refuses a file that cannot be read", async () => {
    const reader = createReplay(
      setting,
      8,
      createReadTable({ directory: ".", readFile: () => Promise.reject(new Error("gone")) }),
    );
    await expect(reader({ epoch: 10, periodSeconds: 60 }, { signal })).rejects.toMatchObject({ code: "source.file" });
  });
});

describe("jobs/demo-btc.json", () => {
  it("has all dollar and Tether prices in the window that the demo shows, and USD Coin below the quorum throughout", async () => {
    const job = await Job.load("jobs/demo-btc.json");
    const { spec } = job;
    const minutes = (await readFile("jobs/data/btc_2023-03-09.csv", "utf8")).trim().split("\n").slice(1);
    const shown = 14;
    expect(minutes.length).toBeGreaterThanOrEqual(shown);
    const deps = {
      clock: createFakeClock(0),
      get: () => Promise.reject(new Error("no network")),
      readFile: (path: string) => readFile(path, "utf8"),
    };
    const observers = spec.reporters.map(({ name }) =>
      createObserve(createFeedSources(job, name, deps), { clock: deps.clock, log: createFakeLog() }),
    );
    for (const [index, minute] of minutes.entries()) {
      const epoch = Number(minute.split(",")[0]) / spec.periodSeconds;
      const all = await Promise.all(
        observers.map((observe) =>
          observe({ epoch, periodSeconds: spec.periodSeconds, deadlineMs: 1_000 }, { signal }),
        ),
      );
      const present = spec.feeds.map((_feed, i) => all.filter(({ prices }) => prices[i] !== 0n).length);
      if (index < shown) expect(present.slice(0, 3)).toEqual([4, 4, 4]);
      expect(present[0]).toBeGreaterThanOrEqual(spec.quorum);
      expect(present[3]).toBeLessThan(spec.quorum);
      for (const { prices } of all) {
        const [usd = 0n, usdt = 0n, implied] = prices;
        expect(implied).toBe(usd === 0n || usdt === 0n ? 0n : (usd * 10n ** 8n) / usdt);
      }
    }
  });
});
