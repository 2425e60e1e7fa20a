import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { assay, type Ended, root, start } from "./process.ts";

type RoundLine = {
  readonly type: string;
  readonly roundId: number;
  readonly epoch: number;
  readonly tx: string;
  readonly gasUsed: number;
  readonly witnessMs: number;
  readonly proveMs: number;
  readonly signers: readonly number[];
  readonly feeds: readonly {
    readonly pair: string;
    readonly answer: string;
    readonly status: string;
    readonly observers: number;
    readonly outliers: readonly number[];
    readonly dispersionPpm: number;
    readonly score: number;
  }[];
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-e2e-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("assay demo --rounds 7 --json", () => {
  let ended: Ended;
  let rounds: readonly RoundLine[];
  let survivors: readonly string[];
  beforeAll(async () => {
    const running = assay("demo", "--rounds", "7", "--json");
    ended = await running.ended;
    survivors = await running.survivors();
    rounds = ended.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RoundLine);
  });
  const feed = (round: number, pair: string) => rounds[round - 1]?.feeds.find((entry) => entry.pair === pair);

  it("prints one object a round on stdout and nothing else, and exits 0", () => {
    expect(ended.code, ended.stderr).toBe(0);
    expect(rounds.map(({ type, roundId }) => [type, roundId])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((id) => ["round", id]),
    );
    for (const round of rounds) {
      expect(round.tx).toMatch(/^0x[0-9a-f]{64}$/);
      expect(round.signers).toEqual([0, 1, 2, 3]);
      expect(Number.isInteger(round.gasUsed) && Number.isInteger(round.proveMs)).toBe(true);
      expect(round.feeds.map(({ pair }) => pair)).toEqual(["BTC/USD", "BTC/USDT", "USDT/USD", "BTC/USDC"]);
    }
  });

  it("starts from the recorded prices", async () => {
    const [header = "", first = ""] = (await readFile(join(root, "jobs/data/btc_2023-03-09.csv"), "utf8")).split("\n");
    const cell = (column: string) => Number(first.split(",")[header.split(",").indexOf(column)]);
    const prices = ["binanceus", "coinbase", "kraken", "cryptocom"].map((venue) => cell(`${venue}_btcusd`));
    const answer = Number(feed(1, "BTC/USD")?.answer);
    expect(answer).toBeGreaterThan(Math.min(...prices));
    expect(answer).toBeLessThan(Math.max(...prices));
    expect(rounds[0]?.epoch).toBe(cell("ts") / 60);
  });

  it("rejects the injected lying reporter and nobody else", () => {
    expect(feed(2, "BTC/USD")).toMatchObject({ status: "OK", observers: 4, outliers: [2] });
    expect(feed(1, "BTC/USD")?.outliers).toEqual([]);
  });

  it("holds the injected jump and then accepts it", () => {
    const statuses = [4, 5, 6, 7].map((round) => feed(round, "BTC/USDT")?.status);
    expect(statuses).toEqual(["OK", "HELD", "OK", "OK"]);
  });

  it("says that the feed which two venues have is without quorum", () => {
    for (const round of rounds) {
      expect(round.feeds[3]).toMatchObject({ pair: "BTC/USDC", status: "NO_QUORUM", answer: "0", outliers: [] });
    }
  });

  it("shows on stderr that a tampered report was refused by the contract", () => {
    expect(ended.stderr).toContain("refused by the contract, FeedSet_ProofRefused");
  });

  it("leaves no process behind", () => {
    expect(survivors).toEqual([]);
  });
});

describe("assay demo, interrupted", () => {
  it.each([
    ["while the chain starts", /local chain and contracts/, "SIGINT", 130],
    ["between rounds", /round 1 {2}2023/, "SIGTERM", 143],
  ] as const)("%s leaves no process behind", async (_when, pattern, signal, code) => {
    const running = assay("demo");
    await running.said(pattern);
    running.child.kill(signal);
    expect((await running.ended).code).toBe(code);
    expect(await running.survivors()).toEqual([]);
  });

  it("by a reader that goes away ends with 0 and leaves no process behind", async () => {
    const running = assay("demo", "--json");
    await running.said(/"roundId":1/);
    running.child.stdout.destroy();
    expect((await running.ended).code).toBe(0);
    expect(await running.survivors()).toEqual([]);
  });

  it("twice, so that it exits at once, leaves no chain behind", async () => {
    const running = assay("demo", "--json");
    await running.said(/"roundId":1/);
    running.child.kill("SIGINT");
    await systemClock.sleep(600); // At once it would be taken for npm's echo of the first.
    running.child.kill("SIGINT");
    await running.ended;
    expect(await running.survivors()).toEqual([]);
  });

  it("through npm ends everything", async () => {
    const running = start("npm", ["start", "--silent", "--", "--json"]);
    await running.said(/"roundId":1/);
    running.child.kill("SIGTERM");
    await running.ended;
    expect(await running.survivors()).toEqual([]);
  });
});

describe("assay demo, refused", () => {
  it("reports five mistakes of a job with their paths and exits 78", async () => {
    const job = JSON.parse(await readFile(join(root, "jobs/demo-btc.json"), "utf8"));
    job.periodSeconds = 0;
    job.quorum = 9;
    job.feeds[0].decimals = 99;
    job.reporters[1].sources[0].kind = "carrier-pigeon";
    job.surprise = true;
    const path = join(directory, "five.json");
    await writeFile(path, JSON.stringify(job));
    const { code, stdout, stderr } = await assay("demo", "--job", path).ended;
    expect(code).toBe(78);
    expect(stdout).toBe("");
    for (const where of ["periodSeconds", "quorum", "feeds[0].decimals", "reporters[1].sources[0].kind", "surprise"]) {
      expect(stderr).toContain(where);
    }
  });

  it.each([
    ["a circuit that is not listed", { circuit: "round-5x5" }, "want one of round-4x4, round-4x4-learned, round-8x20"],
    ["a period that no cron expression meets", { periodSeconds: 7 }, "periodSeconds: got 7"],
  ])("exits 78 for %s, before anything is built", async (_what, change, reason) => {
    const job = JSON.parse(await readFile(join(root, "jobs/demo-btc.json"), "utf8"));
    const path = join(root, "jobs", `refused-${process.pid}.json`);
    await writeFile(path, JSON.stringify({ ...job, ...change }));
    try {
      const { code, stderr } = await assay("demo", "--job", path).ended;
      expect(code, stderr).toBe(78);
      expect(stderr).toContain(reason);
    } finally {
      await rm(path);
    }
  });

  it("exits 78 for a recording that is not there, naming it", async () => {
    const job = JSON.parse(await readFile(join(root, "jobs/demo-btc.json"), "utf8"));
    const path = join(directory, "no-recording.json");
    await writeFile(path, JSON.stringify(job));
    const { code, stderr } = await assay("demo", "--job", path).ended;
    expect(code, stderr).toBe(78);
    expect(stderr).toContain("btc_2023-03-09.csv: ");
    expect(stderr).toContain("[job.recording]");
  });

  it("exits 64 for more rounds than are recorded, and for an unknown option", async () => {
    expect((await assay("demo", "--rounds", "100000").ended).code).toBe(64);
    expect((await assay("demo", "--nope").ended).code).toBe(64);
  });
});

describe("assay demo --live", () => {
  const liveJob = async (name: string, url: (venue: number, pair: string) => string, periodSeconds: number) => {
    const pairs = ["BTC/USD", "BTC/USDT"];
    const job = {
      name,
      environment: "development",
      salt: `0x${"11".repeat(32)}`,
      periodSeconds,
      circuit: "round-4x4",
      quorum: 3,
      minSigners: 3,
      feeds: pairs.map((pair) => ({ pair, decimals: 8 })),
      due: { deviationPpm: 1, heartbeatSeconds: periodSeconds },
      reporters: [0, 1, 2, 3].map((venue) => ({
        name: `venue-${venue}`,
        venue: `venue-${venue}`,
        sources: pairs.map((pair) => ({
          pair,
          kind: "http-json",
          url: url(venue, pair),
          path: ["last"],
          expect: "string",
        })),
      })),
    };
    const path = join(directory, `${name}.json`);
    await writeFile(path, JSON.stringify(job));
    return path;
  };

  it("says that the exchanges cannot be reached and exits 75, without falling back to recorded data", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const path = await liveJob("closed", (venue) => `http://127.0.0.1:${port}/${venue}`, 60);
    const running = assay("demo", "--live", "--json", "--job", path);
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(75);
    expect(stdout).toBe("");
    expect(stderr).toContain("the exchanges cannot be reached");
    expect(await running.survivors()).toEqual([]);
  });

  it("proves rounds over HTTP in real time, leaving out the venue that lies and the one that sends a page", async () => {
    const server = createServer((request, response) => {
      const venue = Number(request.url?.split("/")[1]);
      const page = venue === 3 && request.url?.includes("USDT");
      response.setHeader("content-type", page ? "text/html" : "application/json");
      response.end(
        page ? "<html>maintenance</html>" : JSON.stringify({ last: venue === 1 ? "26000.5" : `2038${venue}.25` }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const path = await liveJob("open", (venue, pair) => `http://127.0.0.1:${port}/${venue}/${pair}`, 30);
      const running = assay("demo", "--live", "--rounds", "1", "--json", "--job", path);
      const { code, stdout, stderr } = await running.ended;
      expect(code, stderr).toBe(0);
      const round = JSON.parse(stdout) as RoundLine;
      expect(round.feeds[0]).toMatchObject({ pair: "BTC/USD", status: "OK", observers: 4, outliers: [1] });
      expect(round.feeds[1]).toMatchObject({ pair: "BTC/USDT", status: "OK", observers: 3, outliers: [1] });
      expect(await running.survivors()).toEqual([]);
    } finally {
      server.close();
    }
  });
});
