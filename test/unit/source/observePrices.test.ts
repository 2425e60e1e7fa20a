import { describe, expect, it } from "vitest";
import * as Job from "../../../src/job/job.ts";
import { AssayError } from "../../../src/lib/errors.ts";
import { createObserve } from "../../../src/source/observePrices.ts";
import { createFeedSources, type FeedSource } from "../../../src/source/registry.ts";
import { refusal, type Source } from "../../../src/source/source.ts";
import type { Get } from "../../../src/source/transport.ts";
import { createFakeClock, createFakeLog } from "./support.ts";

const REQUEST = { epoch: 1, periodSeconds: 60, deadlineMs: 10_000 };
const priced =
  (valueScaled: bigint): Source =>
  async () => ({ valueScaled, decimals: 8, origin: "x", rawDigest: "00", attempts: 1 });
const feed = (pair: string, source?: Source): FeedSource => ({
  pair,
  decimals: 8,
  ...(source === undefined ? {} : { source }),
});
const deaf: Source = () => new Promise(() => {});

function setUp(feeds: readonly FeedSource[]) {
  const clock = createFakeClock(0);
  const log = createFakeLog();
  return { clock, log, observe: createObserve(feeds, { clock, log }) };
}

describe("observe", () => {
  it("gives the prices in the order of the feeds, 0 where there is no source, and logs no warning for it", async () => {
    const { observe, log } = setUp([feed("A/B", priced(5n)), feed("C/D"), feed("E/F", priced(7n))]);
    const { prices, outcomes } = await observe(REQUEST, { signal: new AbortController().signal });
    expect(prices).toEqual([5n, 0n, 7n]);
    expect(outcomes[1]).toMatchObject({ pair: "C/D", ok: false, code: "source.absent" });
    expect(log.lines).toEqual([]);
  });

  it("leaves out at the deadline a source that does not even heed its signal", async () => {
    const { observe, clock, log } = setUp([feed("A/B", deaf), feed("C/D", priced(7n))]);
    const observed = observe(REQUEST, { signal: new AbortController().signal });
    clock.elapse(REQUEST.deadlineMs);
    expect((await observed).prices).toEqual([0n, 7n]);
    expect(log.lines.map(({ context }) => context.code)).toEqual(["source.deadline"]);
  });

  it("tells the sources when the deadline has passed", async () => {
    const heard = Promise.withResolvers<unknown>();
    const listening: Source = (_request, { signal }) =>
      new Promise(() => signal.addEventListener("abort", () => heard.resolve(signal.reason)));
    const { observe, clock } = setUp([feed("A/B", listening)]);
    const observed = observe(REQUEST, { signal: new AbortController().signal });
    clock.elapse(REQUEST.deadlineMs);
    await observed;
    expect(await heard.promise).toMatchObject({ code: "source.deadline" });
  });

  it("keeps a source's bug to its own price", async () => {
    const broken: Source = () => Promise.reject(new TypeError("x is undefined"));
    const throwing: Source = () => {
      throw new RangeError("at once");
    };
    const { observe, log } = setUp([feed("A/B", broken), feed("C/D", throwing), feed("E/F", priced(7n))]);
    expect((await observe(REQUEST, { signal: new AbortController().signal })).prices).toEqual([0n, 0n, 7n]);
    expect(log.lines.map(({ context }) => context.code)).toEqual(["source.failed", "source.failed"]);
  });

  it("throws the caller's reason when the caller aborts", async () => {
    const reason = new AssayError("daemon.stopping", "stopping");
    const { observe } = setUp([feed("A/B", deaf)]);
    await expect(observe(REQUEST, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const caller = new AbortController();
    const observed = observe(REQUEST, { signal: caller.signal });
    caller.abort(reason);
    await expect(observed).rejects.toBe(reason);
  });

  it("warns once an episode, and says when it is over", async () => {
    const script = ["source.status", "source.status", "source.timeout", "", "source.status"] as const;
    let turn = 0;
    const moody: Source = async (...args) => {
      const code = script[turn++];
      if (code === undefined || code === "") {
        return priced(1n)(...args);
      }
      throw refusal(code, "down");
    };
    const { observe, log } = setUp([feed("A/B", moody)]);
    for (const _ of script) {
      await observe(REQUEST, { signal: new AbortController().signal });
    }
    expect(log.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "warn price left out",
      "debug price left out",
      "warn price left out",
      "info source recovered",
      "warn price left out",
    ]);
  });
});

describe("createFeedSources", () => {
  const body = (url: string) => ({
    body: new TextEncoder().encode(url.includes("usdt") ? '"20370.39"' : '"20387"'),
    attempts: 1,
  });
  const source = (pair: string) => ({
    pair,
    kind: "http-json",
    url: `https://v.example/${pair.toLowerCase()}`,
    path: [],
    expect: "string",
  });
  const job = Job.parse(
    {
      name: "test",
      environment: "development",
      salt: `0x${"00".repeat(32)}`,
      circuit: "round-4x4",
      quorum: 1,
      minSigners: 1,
      feeds: [{ pair: "USDT/USD" }, { pair: "BTC/USD", decimals: 2 }],
      reporters: [
        {
          name: "one",
          venue: "one",
          sources: [
            source("BTC/USD"),
            source("BTC/USDT"),
            { pair: "USDT/USD", kind: "quotient", dividend: "BTC/USD", divisor: "BTC/USDT" },
          ],
        },
      ],
    },
    ".",
  );
  const setUpVenue = (answer: (url: string) => Awaited<ReturnType<Get>>) => {
    const asked: string[] = [];
    const get: Get = async ({ url }) => {
      asked.push(url);
      return answer(url);
    };
    const clock = createFakeClock(0);
    const feeds = createFeedSources(job, "one", { get, clock, readFile: async () => "" });
    return { asked, observe: createObserve(feeds, { clock, log: createFakeLog() }) };
  };

  it("asks once for a price that is a feed and an operand, and again in the next epoch", async () => {
    const { asked, observe } = setUpVenue(body);
    const options = { signal: new AbortController().signal };
    const { prices, outcomes } = await observe(REQUEST, options);
    expect(prices).toEqual([100_081_539n, 2_038_700n]);
    expect(outcomes[0]).toMatchObject({
      observation: { origin: "https://v.example/btc/usd / https://v.example/btc/usdt", attempts: 2 },
    });
    expect(asked.sort()).toEqual(["https://v.example/btc/usd", "https://v.example/btc/usdt"]);
    await observe({ ...REQUEST, epoch: 2 }, options);
    expect(asked).toHaveLength(4);
  });

  it("has no implied price when one side fails, and still the other side", async () => {
    const { observe } = setUpVenue((url) => {
      if (url.includes("usdt")) {
        throw refusal("source.status", "got status 404, want 200");
      }
      return body(url);
    });
    expect((await observe(REQUEST, { signal: new AbortController().signal })).prices).toEqual([0n, 2_038_700n]);
  });

  it("refuses a reporter that the job does not have", () => {
    const deps = { get: async () => body(""), clock: createFakeClock(0), readFile: async () => "" };
    expect(() => createFeedSources(job, "two", deps)).toThrow(expect.objectContaining({ code: "source.reporter" }));
  });
});
