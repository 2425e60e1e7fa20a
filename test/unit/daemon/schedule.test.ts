import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { cronExpression, everyEpoch } from "../../../src/daemon/schedule.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { createFixedClock } from "../../support/fixedClock.ts";
import { createMemoryLog } from "../../support/memoryLog.ts";

describe("cronExpression", () => {
  it.each([
    [1, "*/1 * * * * *"],
    [5, "*/5 * * * * *"],
    [30, "*/30 * * * * *"],
    [60, "0 */1 * * * *"],
    [300, "0 */5 * * * *"],
    [1800, "0 */30 * * * *"],
    [3600, "0 0 */1 * * *"],
    [43_200, "0 0 */12 * * *"],
    [86_400, "0 0 0 * * *"],
  ])("of %i s is %s", (periodSeconds, expression) => {
    expect(cronExpression(periodSeconds)).toBe(expression);
  });

  it.each([7, 45, 90, 420, 5 * 3600, 2 * 86_400, 0, -1, -60, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses %s s, which no expression meets",
    (periodSeconds) => {
      expect(() => cronExpression(periodSeconds)).toThrow(expect.objectContaining({ code: "schedule.period" }));
    },
  );
});

/** One second of real cron: the shortest period there is. */
function start(tick: Parameters<typeof everyEpoch>[0], clock = systemClock) {
  const controller = new AbortController();
  const log = createMemoryLog();
  return { controller, log, done: everyEpoch(tick, { periodSeconds: 1, clock, log }, controller.signal) };
}

describe("everyEpoch", () => {
  it("names the epoch by its clock, and hands its signal on", async () => {
    const first = Promise.withResolvers<readonly [number, AbortSignal]>();
    const { controller, done } = start(async (epoch, signal) => first.resolve([epoch, signal]), createFixedClock(77));
    expect(await first.promise).toEqual([77, controller.signal]);
    controller.abort();
    await done;
  });

  it("ticks epoch after epoch until the signal aborts, and then no more", async () => {
    const epochs: number[] = [];
    const second = Promise.withResolvers<void>();
    const { controller, done } = start(async (epoch) => {
      epochs.push(epoch);
      if (epochs.length === 2) second.resolve();
    });
    await second.promise;
    controller.abort();
    await done;
    const [one = 0, two = 0] = epochs;
    expect(two).toBeGreaterThan(one);
    expect(epochs).toHaveLength(2);
  });

  it("drops a tick that comes while one runs, and says so", async () => {
    const gate = Promise.withResolvers<void>();
    const after = Promise.withResolvers<void>();
    let [begun, running, most] = [0, 0, 0];
    const { controller, done, log } = start(async () => {
      begun += 1;
      running += 1;
      most = Math.max(most, running);
      if (begun === 1) await gate.promise;
      else after.resolve();
      running -= 1;
    });
    const { level, context } = await log.wrote("tick dropped");
    expect([level, context.reason, begun]).toEqual(["warn", "the last one is still running", 1]);
    gate.resolve();
    await after.promise; // Dropped, not queued, and not the end: a later tick runs.
    controller.abort();
    await done;
    expect(most).toBe(1);
  });

  it("ends with the error of a tick, and ticks no more", async () => {
    const error = new Error("the tick failed");
    let begun = 0;
    const { done } = start(async () => {
      begun += 1;
      throw error;
    });
    await expect(done).rejects.toBe(error);
    expect(begun).toBe(1);
  });

  it("waits for the tick that runs when the signal aborts", async () => {
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const { controller, done } = start(async () => {
      begun.resolve();
      await gate.promise;
      order.push("tick");
    });
    await begun.promise;
    controller.abort();
    const ended = done.then(() => order.push("schedule"));
    // Turns enough for a schedule that would not wait.
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    gate.resolve();
    await ended;
    expect(order).toEqual(["tick", "schedule"]);
  });

  it("ends without an error when the tick that runs rejects because of the abort", async () => {
    const begun = Promise.withResolvers<void>();
    const { controller, done } = start(async (_epoch, signal) => {
      begun.resolve();
      await new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    });
    await begun.promise;
    controller.abort(new Error("enough"));
    await expect(done).resolves.toBeUndefined();
  });

  it("does not begin under an aborted signal", async () => {
    const options = { periodSeconds: 1, clock: systemClock, log: createMemoryLog() };
    const tick = async () => {
      throw new Error("it ticked");
    };
    await expect(everyEpoch(tick, options, AbortSignal.abort())).resolves.toBeUndefined();
  });

  it("refuses a period that it cannot meet", async () => {
    const options = { periodSeconds: 7, clock: systemClock, log: createMemoryLog() };
    await expect(everyEpoch(async () => {}, options, new AbortController().signal)).rejects.toMatchObject({
      code: "schedule.period",
    });
  });
});
