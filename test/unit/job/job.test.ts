import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import * as Canonical from "../../../src/job/canonical.ts";
import type { Issue } from "../../../src/job/crossChecks.ts";
import { describe as describeSettings } from "../../../src/job/describe.ts";
import { NOBODY } from "../../../src/job/governance.ts";
import * as Job from "../../../src/job/job.ts";
import { AssayError } from "../../../src/lib/errors.ts";

const JOBS = ["live-btc", "live-btc-8", "demo-btc"];

/** The first account of anvil's mnemonic. */
const ACCOUNT = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

const source = (pair: string) => ({
  pair,
  kind: "http-json",
  url: `https://venue.example/${pair.toLowerCase()}`,
  path: ["last"],
  expect: "string",
});
const reporter = (name: string, sources: object[] = [source("BTC/USD"), source("BTC/USDT")]) => ({
  name,
  venue: name,
  sources,
});
const good = {
  name: "test",
  environment: "staging",
  salt: `0x${"00".repeat(32)}`,
  circuit: "round-4x4",
  quorum: 3,
  minSigners: 3,
  feeds: [{ pair: "BTC/USD" }, { pair: "BTC/USDT", decimals: 6 }],
  reporters: ["a", "b", "c", "d"].map((name) => reporter(name)),
};

/** Loads from files that exist only here. */
const loadFrom = (files: Record<string, unknown>, wantId?: string) =>
  Job.load("/jobs/test.json", {
    ...(wantId === undefined ? {} : { wantId }),
    readFile: async (path) => {
      const file = files[path];
      if (file === undefined) {
        throw new Error(`no such file: ${path}`);
      }
      return typeof file === "string" ? file : JSON.stringify(file);
    },
  });

const loadValue = (value: unknown) => loadFrom({ "/jobs/test.json": value });

async function errorOf(job: Promise<unknown>): Promise<AssayError> {
  const error = await job.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AssayError);
  return error as AssayError;
}

async function issuesOf(value: unknown): Promise<readonly Issue[]> {
  const error = await errorOf(loadValue(value));
  expect([error.code, error.disposition]).toEqual(["job.invalid", "fatal"]);
  return error.data.issues as readonly Issue[];
}

const pathsOf = async (value: unknown) => (await issuesOf(value)).map((issue) => issue.path).sort();

describe("load", () => {
  it.each(JOBS)("accepts jobs/%s.json, whose name is its file's", async (name) => {
    const job = await Job.load(`jobs/${name}.json`);
    expect(job.spec.name).toBe(name);
    expect(job.id).toMatch(/^0x[0-9a-f]{64}$/);
    expect(job.directory).toBe("jobs");
  });

  it("gives the four-venue job its feeds in order, and a USDT/USD that each venue implies", async () => {
    const { spec } = await Job.load("jobs/live-btc.json");
    expect(spec.feeds.map((feed) => feed.pair)).toEqual(["BTC/USD", "BTC/USDT", "USDT/USD", "BTC/USDC"]);
    for (const { sources } of spec.reporters) {
      expect(sources.filter(({ kind }) => kind === "quotient").map(({ pair }) => pair)).toEqual(["USDT/USD"]);
    }
    const withUsdc = spec.reporters.filter(({ sources }) => sources.some(({ pair }) => pair === "BTC/USDC"));
    expect(withUsdc.length).toBeLessThan(spec.quorum);
  });

  it("fills in defaults", async () => {
    const { spec } = await loadValue(good);
    expect(spec.periodSeconds).toBe(60);
    expect(spec.model.kQ8).toBe(1328);
    expect(spec.feeds[0]?.decimals).toBe(8);
    expect(spec.reporters[0]?.sources[0]).toMatchObject({ timeoutMs: 3000, retries: 1, require: [] });
  });

  it("writes accounts as their checksum has it, and keeps the id of a job that names no governance", async () => {
    const governance = { proposers: [ACCOUNT.toLowerCase()], executors: [NOBODY] };
    const job = await loadValue({ ...good, governance });
    expect(job.spec.governance).toMatchObject({ proposers: [ACCOUNT], executors: [NOBODY], delaySeconds: 172_800 });
    const spelled = await loadValue({ ...good, governance: { ...governance, proposers: [ACCOUNT] } });
    expect(spelled.id).toBe(job.id);
    expect((await loadValue(good)).spec).not.toHaveProperty("governance");
  });

  it("reports five mistakes as five, each with its path, schema and cross-references alike", async () => {
    const job = structuredClone(good) as Record<string, unknown> & typeof good;
    job.quorum = 5; // of four reporters
    job.minSigners = 20; // beyond the schema's bound, which hides its relations
    job.feeds.push({ pair: "BTC/USDC" }); // no source
    (job.reporters[1] as Record<string, unknown>).colour = "red"; // unknown key
    (job.reporters[2]?.sources[0] as Record<string, unknown>).expect = "float"; // no such option
    const issues = await issuesOf(job);
    expect(issues.map((issue) => issue.path).sort()).toEqual([
      "feeds[2].pair",
      "minSigners",
      "quorum",
      "reporters[1].colour",
      "reporters[2].sources[0].expect",
    ]);
  });

  it.each<[string, (job: typeof good) => unknown, string[]]>([
    ["two unknown keys", (job) => ({ ...job, a: 1, b: 2 }), ["a", "b"]],
    ["a repeated feed", (job) => ({ ...job, feeds: [...job.feeds, { pair: "BTC/USD" }] }), ["feeds[2].pair"]],
    [
      "a repeated reporter",
      (job) => ({ ...job, reporters: [...job.reporters.slice(1), { ...reporter("x"), name: "b" }] }),
      ["reporters[3].name"],
    ],
    [
      "a repeated venue",
      (job) => ({ ...job, reporters: [...job.reporters.slice(1), { ...reporter("x"), venue: "b" }] }),
      ["reporters[3].venue"],
    ],
    [
      "a repeated source",
      (job) => ({
        ...job,
        reporters: [...job.reporters.slice(1), reporter("x", [source("BTC/USD"), source("BTC/USD")])],
      }),
      ["reporters[3].sources[1].pair"],
    ],
    ["a feed without a source", (job) => ({ ...job, feeds: [{ pair: "ETH/USD" }] }), ["feeds[0].pair"]],
    [
      "a quorum beyond the reporters",
      (job) => ({ ...job, reporters: job.reporters.slice(2) }),
      ["minSigners", "quorum"],
    ],
    ["fewer signers than the quorum", (job) => ({ ...job, minSigners: 2 }), ["minSigners"]],
    ["a heartbeat within the period", (job) => ({ ...job, due: { heartbeatSeconds: 30 } }), ["due.heartbeatSeconds"]],
    ["too many reporters for the circuit", (job) => ({ ...job, circuit: "round-3x4" }), ["reporters"]],
    ["too many feeds for the circuit", (job) => ({ ...job, circuit: "round-4x1" }), ["feeds"]],
    [
      "accounts and delays that contradict each other",
      (job) => ({
        ...job,
        governance: {
          proposers: [ACCOUNT, ACCOUNT.toLowerCase()],
          executors: [NOBODY],
          feed: { confirmDelaySeconds: 60, overrideDelaySeconds: 60 },
        },
      }),
      ["governance.feed.overrideDelaySeconds", "governance.proposers[1]"],
    ],
    [
      "accounts that are none",
      (job) => ({
        ...job,
        governance: { proposers: [NOBODY], executors: [ACCOUNT.replace("f39F", "f39f")], guardian: "0x12" },
      }),
      ["governance.executors[0]", "governance.guardian", "governance.proposers[0]"],
    ],
    [
      "a registration that is no field elements",
      (job) => ({
        ...job,
        reporters: [
          { ...reporter("x"), registration: { x: "one", y: `0x${"f".repeat(64)}`, possession: { r8x: "1" } } },
          ...job.reporters.slice(1),
        ],
      }),
      ["possession.r8y", "possession.s", "x", "y"].map((key) => `reporters[0].registration.${key}`),
    ],
    ["a kQ8 below 256", (job) => ({ ...job, model: { kQ8: 255 } }), ["model.kQ8"]],
    ["a ppm beyond a million", (job) => ({ ...job, model: { hardPpm: 1_000_001 } }), ["model.hardPpm"]],
    ["a fraction", (job) => ({ ...job, periodSeconds: 1.5 }), ["periodSeconds"]],
    [
      "an unknown kind",
      (job) => ({
        ...job,
        reporters: [...job.reporters.slice(1), reporter("x", [{ pair: "BTC/USD", kind: "script" }])],
      }),
      ["reporters[3].sources[0].kind"],
    ],
    [
      "a quotient over what is not fetched",
      (job) => ({
        ...job,
        reporters: [
          ...job.reporters.slice(1),
          reporter("x", [
            source("BTC/USD"),
            { pair: "USDT/USD", kind: "quotient", dividend: "BTC/USD", divisor: "BTC/USDT" },
          ]),
        ],
      }),
      ["reporters[3].sources[1].divisor"],
    ],
    [
      "a quotient over itself",
      (job) => ({
        ...job,
        reporters: [
          ...job.reporters.slice(1),
          reporter("x", [
            source("BTC/USD"),
            { pair: "USDT/USD", kind: "quotient", dividend: "USDT/USD", divisor: "BTC/USD" },
          ]),
        ],
      }),
      ["reporters[3].sources[1].dividend"],
    ],
    ["no object at all", () => [], [""]],
  ])("refuses %s at its path", async (_what, edit, paths) => {
    expect(await pathsOf(edit(structuredClone(good)))).toEqual(paths);
  });

  it.each([
    ["http://venue.example/x"],
    ["ftp://venue.example/x"],
    ["https://user:key@venue.example/x"],
    ["https://venue.example/#x"],
    ["http://127.0.0.1.venue.example/x"],
    ["http://[::2]/x"],
    ["file:///etc/passwd"],
    ["venue"],
  ])("refuses the URL %s", async (url) => {
    const job = { ...good, reporters: [...good.reporters.slice(1), reporter("x", [{ ...source("BTC/USD"), url }])] };
    expect(await pathsOf(job)).toEqual(["reporters[3].sources[0].url"]);
  });

  it.each(["http://127.0.0.1:9/x", "http://[::1]:9/x", "http://localhost/x"])(
    "accepts the loopback URL %s",
    async (url) => {
      const job = { ...good, reporters: [...good.reporters.slice(1), reporter("x", [{ ...source("BTC/USD"), url }])] };
      expect((await loadValue(job)).spec.reporters).toHaveLength(4);
    },
  );

  it.each(["../secret.csv", "/etc/passwd", "data/../../x.csv"])("refuses the replay file %s", async (file) => {
    const replay = { pair: "BTC/USD", kind: "replay", file, column: "x" };
    const job = { ...good, reporters: [...good.reporters.slice(1), reporter("x", [replay])] };
    expect(await pathsOf(job)).toEqual(["reporters[3].sources[0].file"]);
  });

  it("refuses a key that is given twice, a truncated file and a missing one", async () => {
    const twice = `{"quorum": 3, ${JSON.stringify({ ...good, quorum: 2 }).slice(1)}`;
    for (const file of [twice, '{"name": "x"', undefined]) {
      const error = await errorOf(loadFrom(file === undefined ? {} : { "/jobs/test.json": file }));
      expect(error.code).toBe("job.invalid");
      expect(error.data.issues).toHaveLength(1);
    }
  });

  it("refuses another job than the one named", async () => {
    const { id } = await loadValue(good);
    expect((await loadFrom({ "/jobs/test.json": good }, id)).id).toBe(id);
    const error = await errorOf(loadFrom({ "/jobs/test.json": good }, `0x${"11".repeat(32)}`));
    expect(error.code).toBe("job.id");
  });
});

describe("venue files", () => {
  const venue = { venue: "a", description: "", sources: [source("BTC/USD"), source("BTC/USDT"), source("ETH/USD")] };
  const job = { ...good, reporters: [{ name: "a", venue: "a", sources: "venues/a.json" }, ...good.reporters.slice(1)] };
  const loadWith = (file: unknown, main: unknown = job) =>
    loadFrom({ "/jobs/test.json": main, ...(file === undefined ? {} : { "/jobs/venues/a.json": file }) });
  const pathsWith = async (file: unknown, main?: unknown) =>
    ((await errorOf(loadWith(file, main))).data.issues as readonly Issue[]).map(({ path }) => path);

  it("gives the same id as the sources written in place, unused pairs left out", async () => {
    const inline = await loadValue(good);
    expect((await loadWith(venue)).id).toBe(inline.id);
  });

  it("keeps the operands of a quotient that is used", async () => {
    const implied = { pair: "USDT/USD", kind: "quotient", dividend: "BTC/USD", divisor: "BTC/USDT" };
    const main = { ...job, feeds: [{ pair: "USDT/USD" }] };
    const { spec } = await loadWith({ ...venue, sources: [...venue.sources, implied] }, main);
    expect(spec.reporters[0]?.sources.map(({ pair }) => pair)).toEqual(["BTC/USD", "BTC/USDT", "USDT/USD"]);
  });

  it("reports what is wrong in or about a venue file once", async () => {
    expect(await pathsWith(undefined)).toEqual(["reporters[0].sources"]);
    expect(await pathsWith("{")).toEqual(["reporters[0].sources"]);
    expect(await pathsWith({ ...venue, venue: "other" })).toEqual(["reporters[0].sources"]);
    expect(await pathsWith({ ...venue, extra: 1 })).toEqual(["reporters[0].sources (venues/a.json: extra)"]);
    const sources = [{ ...source("BTC/USD"), retries: 99 }];
    expect(await pathsWith({ ...venue, sources })).toEqual(["reporters[0].sources[0].retries"]);
  });

  it("refuses a path that leads out of the job's directory", async () => {
    const main = { ...job, reporters: [{ name: "a", venue: "a", sources: "../a.json" }, ...good.reporters.slice(1)] };
    expect(await pathsWith(venue, main)).toEqual(["reporters[0].sources"]);
  });
});

describe("Canonical.digest", () => {
  it("does not depend on the order of keys or on whitespace, and does on that of items", () => {
    expect(Canonical.stringify({ b: [1, "ü", null], a: { d: true, c: undefined } })).toBe(
      '{"a":{"d":true},"b":[1,"ü",null]}',
    );
    expect(Canonical.digest({ a: 1, b: 2 })).toBe(Canonical.digest({ b: 2, a: 1 }));
    expect(Canonical.digest([1, 2])).not.toBe(Canonical.digest([2, 1]));
  });

  it("is SHA-256 of the canonical bytes", () => {
    // printf '{"a":1}' | sha256sum
    expect(Canonical.digest({ a: 1 })).toBe("0x015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
  });
});

describe("describe", () => {
  it("has a row with a meaning for every setting in the job files", async () => {
    const rows = describeSettings().split("\n");
    for (const file of [...JOBS, "venues/okx", "venues/gemini"]) {
      const keys = new Set((await readFile(`jobs/${file}.json`, "utf8")).match(/(?<=")\w+(?=":)/g));
      for (const key of keys) {
        const row = rows.find((line) => line.startsWith("| `") && line.split("`")[1]?.split(/[.}]/).at(-1) === key);
        expect(row?.split(" | ")[1], key).not.toBe("");
        expect(row, key).toBeDefined();
      }
    }
  });

  it("states unit, default and bounds", () => {
    expect(describeSettings()).toContain(
      "| `model.kQ8` | Tolerance around the median, in median deviations. | 1/256 | `1328` | 256 to 65535 |",
    );
  });
});
