// One reporter with two feeds: a good venue and one that lies, stalls or floods. The good price must always arrive.

import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Job from "../../../src/job/job.ts";
import { createObserve } from "../../../src/source/observePrices.ts";
import { createFeedSources } from "../../../src/source/registry.ts";
import { createGet } from "../../../src/source/transport.ts";
import { createFakeClock, createFakeLog, json, type Route, startServer } from "./support.ts";

const NOW_MS = 1_710_328_245_000;
const TIMEOUT_MS = 3_000;
const FLOOD_BYTES = 50 * 1024 * 1024;
const flood = { sent: 0, cut: Promise.withResolvers<void>() };

const at = (ms: number) => json(`{"last":"73346.14","time":${ms}}`);
const last = (value: string) => json(`{"last":${value},"time":${NOW_MS}}`);
const never: Route = () => {};

/** What the venue does, and the reason that must stand in the log. */
const CASES: Record<string, [Route, string]> = {
  "never answers": [never, "source.timeout"],
  "stalls in the body": [
    (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" }).write('{"last":');
    },
    "source.timeout",
  ],
  "hangs up": [(response) => response.destroy(), "source.network"],
  "hangs up in the body": [
    (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"last":', () => response.destroy());
    },
    "source.network",
  ],
  "returns an HTML page": [json("<html>sign in</html>", { "content-type": "text/html" }), "source.type"],
  "returns HTML as JSON": [json("<html>sign in</html>"), "source.body"],
  "returns JSON as text": [json('{"last":"73346.14"}', { "content-type": "text/plain" }), "source.type"],
  "returns a misleading type": [json("{}", { "content-type": "application/jsonp" }), "source.type"],
  "names no type": [(response) => response.writeHead(200).end('{"last":"73346.14"}'), "source.type"],
  "returns nothing": [json(""), "source.body"],
  "returns half a body": [json('{"last":"73346.14"'), "source.body"],
  "returns two bodies": [json('{"last":"1"}{"last":"2"}'), "source.body"],
  "returns bytes that are not UTF-8": [json(Buffer.from([0x22, 0xff, 0xfe, 0x22])), "source.body"],
  "nests deeply": [json(`${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`), "source.body"],
  "nests arrays in the price": [json(`{"last":${"[".repeat(30_000)}`), "source.body"],
  "gives the price twice": [json('{"last":"1","last":"2"}'), "source.body"],
  "gives NaN": [last("NaN"), "source.body"],
  "gives the word NaN": [last('"NaN"'), "source.value"],
  "gives a number for the string": [last("73346.14"), "source.value"],
  "gives null": [last("null"), "source.value"],
  "gives true": [last("true"), "source.value"],
  "gives a list": [last('["73346.14"]'), "source.value"],
  "gives an empty string": [last('""'), "source.value"],
  "gives hex": [last('"0x11"'), "source.value"],
  "gives a grouped number": [last('"73,346.14"'), "source.value"],
  "gives a negative price": [last('"-73346.14"'), "source.value"],
  "gives a huge exponent": [last('"1e999999999"'), "source.value"],
  "gives fifty thousand digits": [last(`"${"9".repeat(50_000)}"`), "source.value"],
  "gives zero": [last('"0.00"'), "source.range"],
  "gives less than the last decimal": [last('"0.000000001"'), "source.range"],
  "gives 10^40": [last(`"1${"0".repeat(40)}"`), "source.range"],
  "hides the price in a prototype": [json('{"__proto__":{"last":"73346.14"}}'), "source.path"],
  "leaves the price out": [json(`{"time":${NOW_MS}}`), "source.path"],
  "leaves the time out": [json('{"last":"73346.14"}'), "source.path"],
  "gives the time as a string": [json(`{"last":"73346.14","time":"${NOW_MS}"}`), "source.time"],
  "gives a time before all time": [json('{"last":"73346.14","time":-1}'), "source.time"],
  "is two minutes late": [at(NOW_MS - 120_001), "source.stale"],
  "is ahead of the clock": [at(NOW_MS + 5_001), "source.future"],
  "is ahead beyond all numbers": [json('{"last":"73346.14","time":1e60}'), "source.future"],
  redirects: [(response) => response.writeHead(302, { location: "/good" }).end(), "source.status"],
  "answers 404": [json('{"last":"73346.14"}', {}, 404), "source.status"],
  "answers 429": [json("{}", { "retry-after": "1" }, 429), "source.status"],
  "answers 204": [(response) => response.writeHead(204).end(), "source.status"],
  "answers 500 with a large page": [json("x".repeat(200_000), { "content-type": "text/html" }, 500), "source.status"],
  "sends 50 MB": [
    (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const chunk = Buffer.alloc(65_536, " ");
      const pump = (): void => {
        while (flood.sent < FLOOD_BYTES && !response.destroyed) {
          flood.sent += chunk.length;
          if (!response.write(chunk)) {
            response.once("drain", pump);
            return;
          }
        }
        response.end();
      };
      response.once("close", () => flood.cut.resolve());
      pump();
    },
    "source.size",
  ],
  "sends 50 MB packed into a small body": [
    json(gzipSync(Buffer.alloc(FLOOD_BYTES, " ")), { "content-encoding": "gzip" }),
    "source.size",
  ],
  "sends what is not gzip as gzip": [json('{"last":"1"}', { "content-encoding": "gzip" }), "source.network"],
};
const NAMES = Object.keys(CASES);

describe("observe beside a venue that", () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    const routes = Object.fromEntries(NAMES.map((name, i) => [`/${i}`, CASES[name]?.[0] ?? never]));
    server = await startServer({ ...routes, "/good": json(`{"last":"73380.60","time":${NOW_MS}}`) });
  });
  afterAll(() => server.close());

  const settings = (pair: string, path: string, retries: number) => ({
    pair,
    kind: "http-json",
    url: `${server.base}${path}`,
    path: ["last"],
    expect: "string",
    time: { path: ["time"], unit: "ms" },
    // Another limit for the good venue, so that the test can end one without the other.
    timeoutMs: path === "/good" ? TIMEOUT_MS + 1 : TIMEOUT_MS,
    retries,
  });

  const setUp = (path: string, retries = 0) => {
    const job = Job.parse(
      {
        name: "test",
        environment: "development",
        salt: `0x${"00".repeat(32)}`,
        circuit: "round-4x4",
        quorum: 1,
        minSigners: 1,
        feeds: [{ pair: "BTC/USDT" }, { pair: "BTC/USD" }, { pair: "USDT/USD" }],
        reporters: [
          {
            name: "one",
            venue: "one",
            sources: [
              settings("BTC/USDT", path, retries),
              settings("BTC/USD", "/good", retries),
              { pair: "USDT/USD", kind: "quotient", dividend: "BTC/USD", divisor: "BTC/USDT" },
            ],
          },
        ],
      },
      ".",
    );
    const clock = createFakeClock(NOW_MS, 1_000);
    const log = createFakeLog();
    const deps = { clock, get: createGet({ clock, random: () => 0.5 }), readFile: async () => "" };
    const observe = createObserve(createFeedSources(job, "one", deps), { clock, log });
    const run = () =>
      observe({ epoch: 28_505_470, periodSeconds: 60, deadlineMs: 10_000 }, { signal: new AbortController().signal });
    return { clock, log, run };
  };

  it.each(NAMES.map((name, i) => [name, `/${i}`, CASES[name]?.[1] ?? ""]))("%s (%s)", async (_name, path, code) => {
    const { clock, log, run } = setUp(path);
    if (code === "source.timeout") {
      server.asked(path).then(() => clock.elapse(TIMEOUT_MS));
    }
    const { prices, outcomes } = await run();
    expect(outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.code))).toEqual([code, "ok", code]);
    expect(prices).toEqual([0n, 7_338_060_000_000n, 0n]);
    expect(log.lines.map(({ level, context }) => [level, context.pair, context.code])).toEqual([
      ["warn", "BTC/USDT", code],
      ["warn", "USDT/USD", code],
    ]);
    expect(log.lines.every(({ context }) => String(context.reason).length < 300)).toBe(true);
  });

  it("is cut off long before its 50 MB are sent", async () => {
    flood.sent = 0;
    flood.cut = Promise.withResolvers();
    await setUp(`/${NAMES.indexOf("sends 50 MB")}`).run();
    await flood.cut.promise;
    expect(flood.sent).toBeLessThan(FLOOD_BYTES / 2);
  });

  it("is asked again after a timeout, as often as the job says", async () => {
    const path = `/${NAMES.indexOf("never answers")}`;
    const before = server.requests(path);
    const { clock, log, run } = setUp(path, 2);
    const turn = (): Promise<void> =>
      server
        .asked(path)
        .then(() => void turn())
        .then(() => clock.elapse(TIMEOUT_MS));
    turn();
    expect((await run()).prices).toEqual([0n, 7_338_060_000_000n, 0n]);
    expect(server.requests(path) - before).toBe(3);
    expect(log.lines[0]?.context.code).toBe("source.timeout");
  });

  it("is not asked again after a 404", async () => {
    const path = `/${NAMES.indexOf("answers 404")}`;
    const before = server.requests(path);
    await setUp(path, 2).run();
    expect(server.requests(path) - before).toBe(1);
  });
});
