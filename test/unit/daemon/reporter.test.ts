import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createReporter, type ReporterOptions } from "../../../src/daemon/reporter.ts";
import { type Journal, openJournal } from "../../../src/journal/journal.ts";
import type { SecretKey } from "../../../src/observation/key.ts";
import * as Observation from "../../../src/observation/observation.ts";
import type { Observe, ObserveRequest } from "../../../src/source/observePrices.ts";
import { CONFIGURATION, SECRETS } from "../../support/feedSetFixture.ts";
import { createFixedClock } from "../../support/fixedClock.ts";
import { fixedObserve } from "../../support/fixedObserve.ts";

const PERIOD = 60;
const EPOCH = 1000;
const OPTIONS: ReporterOptions = {
  name: "r1",
  slot: 1,
  feedSetId: CONFIGURATION.feedSetId,
  periodSeconds: PERIOD,
  capacity: 4,
  deadlineMs: 5000,
};
const { signal } = new AbortController();
const [, key] = SECRETS as readonly [SecretKey, SecretKey];

/** A reporter in the middle of its epoch. */
function setUp(observe: Observe, journal: Journal = openJournal(":memory:")) {
  const clock = createFixedClock(EPOCH * PERIOD + 30);
  return { clock, journal, reporter: createReporter({ clock, journal, key, observe }, OPTIONS) };
}

function received(body: string, epoch = EPOCH): Observation.SignedObservation {
  const { feedSetId, feedCount, keys } = CONFIGURATION;
  const result = Observation.receive(body, { feedSetId, epoch, capacity: 4, feedCount, keys });
  if (!result.ok) throw new Error(result.reason);
  return result.observation;
}

describe("report", () => {
  it("signs what its sources say, in its slot, padded with zeros to the circuit's feeds", async () => {
    const requests: ObserveRequest[] = [];
    const { reporter } = setUp(fixedObserve([5n, 6n], requests));
    expect(received(await reporter.report(EPOCH, signal))).toMatchObject({ slot: 1, prices: [5n, 6n, 0n, 0n] });
    expect(requests).toEqual([{ epoch: EPOCH, periodSeconds: PERIOD, deadlineMs: 5000 }]);
  });

  it("keeps a hole where one source gave nothing", async () => {
    const { reporter } = setUp(fixedObserve([0n, 6n]));
    expect(received(await reporter.report(EPOCH, signal)).prices).toEqual([0n, 6n, 0n, 0n]);
  });

  it("gives the identical JSON when it is asked again, without asking its sources again", async () => {
    const requests: ObserveRequest[] = [];
    const { reporter } = setUp(fixedObserve([5n, 6n], requests));
    const first = await reporter.report(EPOCH, signal);
    expect(await reporter.report(EPOCH, signal)).toBe(first);
    expect(requests).toHaveLength(1);
  });

  it("gives the identical JSON after a restart, when its sources say something else", async () => {
    const directory = await mkdtemp(join(tmpdir(), "assay-reporter-"));
    const path = join(directory, "journal.sqlite");
    try {
      const before = setUp(fixedObserve([5n, 6n]), openJournal(path));
      const first = await before.reporter.report(EPOCH, signal);
      before.journal.close();
      const after = setUp(fixedObserve([7n, 8n]), openJournal(path));
      expect(await after.reporter.report(EPOCH, signal)).toBe(first);
      after.journal.close();
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it("signs one vector when it is asked twice at once and its sources differ in between", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let asked = 0;
    const { reporter } = setUp(async (...request) => {
      const turn = asked++;
      await gates[turn]?.promise;
      return fixedObserve([BigInt(100 + turn), 6n])(...request);
    });
    const both = [reporter.report(EPOCH, signal), reporter.report(EPOCH, signal)];
    // The one that asked last is answered first.
    gates[1]?.resolve();
    await both[1];
    gates[0]?.resolve();
    const [one, two] = (await Promise.all(both)) as [string, string];
    expect(asked).toBe(2);
    expect(one).toBe(two);
    expect(received(one).prices[0]).toBe(101n);
  });

  it("never signs what another process promised first", async () => {
    const directory = await mkdtemp(join(tmpdir(), "assay-reporter-"));
    const path = join(directory, "journal.sqlite");
    try {
      const other = setUp(fixedObserve([9n, 9n]), openJournal(path));
      const { reporter, journal } = setUp(async (...request) => {
        await other.reporter.report(EPOCH, signal);
        return fixedObserve([5n, 6n])(...request);
      }, openJournal(path));
      expect(received(await reporter.report(EPOCH, signal)).prices).toEqual([9n, 9n, 0n, 0n]);
      other.journal.close();
      journal.close();
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it.each([
    ["the next epoch", EPOCH + 1],
    ["the last epoch, which it did not observe", EPOCH - 1],
    ["epoch 0", 0],
    ["no epoch", Number.NaN],
    ["a fraction of its epoch", EPOCH + 0.5],
  ])("refuses %s, and asks no source for it", async (_name, epoch) => {
    const requests: ObserveRequest[] = [];
    const { reporter, journal } = setUp(fixedObserve([5n, 6n], requests));
    await expect(reporter.report(epoch, signal)).rejects.toMatchObject({
      code: "reporter.epoch",
      disposition: "reject",
      message: `got epoch ${epoch}, want the present one, ${EPOCH}`,
    });
    expect(requests).toEqual([]);
    journal.close();
  });

  it("begins an epoch with its first second and ends it with the next one's", async () => {
    const { reporter, clock } = setUp(fixedObserve([5n, 6n]));
    clock.setSeconds(EPOCH * PERIOD - 1);
    await expect(reporter.report(EPOCH, signal)).rejects.toMatchObject({ code: "reporter.epoch" });
    clock.setSeconds((EPOCH + 1) * PERIOD);
    await expect(reporter.report(EPOCH, signal)).rejects.toMatchObject({ code: "reporter.epoch" });
    clock.setSeconds((EPOCH + 1) * PERIOD - 1);
    expect(received(await reporter.report(EPOCH, signal)).epoch).toBe(EPOCH);
  });

  it("gives out a past epoch that it did observe", async () => {
    const { reporter, clock } = setUp(fixedObserve([5n, 6n]));
    const then = await reporter.report(EPOCH, signal);
    clock.setSeconds((EPOCH + 7) * PERIOD);
    expect(await reporter.report(EPOCH, signal)).toBe(then);
  });

  it("throws reporter.empty when no source gave a price, and promises nothing", async () => {
    const journal = openJournal(":memory:");
    const silent = setUp(fixedObserve([0n, 0n]), journal).reporter.report(EPOCH, signal);
    await expect(silent).rejects.toMatchObject({ code: "reporter.empty", disposition: "retry" });
    await expect(silent).rejects.toThrow("r1 has no price\n  FEED0/USD, FEED1/USD: too slow");
    // So it may still report when a source is back within the epoch.
    const { reporter } = setUp(fixedObserve([5n, 0n]), journal);
    expect(received(await reporter.report(EPOCH, signal)).prices).toEqual([5n, 0n, 0n, 0n]);
  });

  it("promises before it signs: a key that fails leaves the promise", async () => {
    const journal = openJournal(":memory:");
    const clock = createFixedClock(EPOCH * PERIOD);
    const broken: SecretKey = {
      ...key,
      sign: () => {
        throw new Error("the key is gone");
      },
    };
    const reporter = createReporter({ clock, journal, key: broken, observe: fixedObserve([5n, 6n]) }, OPTIONS);
    await expect(reporter.report(EPOCH, signal)).rejects.toThrow("the key is gone");
    const later = setUp(fixedObserve([7n, 8n]), journal);
    expect(received(await later.reporter.report(EPOCH, signal)).prices).toEqual([5n, 6n, 0n, 0n]);
  });

  it("hands its signal to the sources and ends with its reason", async () => {
    const { reporter, journal } = setUp(fixedObserve([5n, 6n]));
    const reason = new Error("enough");
    await expect(reporter.report(EPOCH, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(journal.find(`${CONFIGURATION.feedSetId}/1/${EPOCH}`)).toBeUndefined();
  });
});
