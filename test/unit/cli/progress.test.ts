import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createProgress } from "../../../src/cli/progress.ts";
import { createFixedClock } from "../../support/fixedClock.ts";

function setUp() {
  const clock = createFixedClock(100);
  const written: string[] = [];
  return { clock, written, progress: createProgress(clock, (text) => written.push(text)) };
}

describe("createProgress", () => {
  it("says a step when it begins, then every two seconds how far it is", () => {
    const { clock, written, progress } = setUp();
    progress.step("prove", 0);
    clock.setSeconds(101.999);
    progress.step("prove", 0.3);
    clock.setSeconds(102);
    progress.step("prove", 0.509);
    progress.step("prove", 0.6);
    clock.setSeconds(104);
    progress.step("prove");
    expect(written).toEqual(["assay: prove ...\n", "assay: prove ... 50 %\n", "assay: prove ...\n"]);
  });

  it("says another step at once", () => {
    const { written, progress } = setUp();
    progress.step("compile", 0.9);
    progress.step("prove", 0.1);
    progress.step("compile", 1);
    expect(written).toEqual(["assay: compile ...\n", "assay: prove ...\n", "assay: compile ...\n"]);
  });

  it("says any line of its own at once", () => {
    const { written, progress } = setUp();
    progress.step("prove");
    progress.say("discarded");
    progress.say("discarded");
    expect(written.slice(1)).toEqual(["assay: discarded\n", "assay: discarded\n"]);
  });
});

describe("during", () => {
  it("says a silent step again every two seconds, with its seconds, until the work is done", async () => {
    const clock = createFixedClock(0);
    const written: string[] = [];
    const sleeps: (() => void)[] = [];
    const stepping = {
      ...clock,
      sleep: (ms: number, signal?: AbortSignal) =>
        Promise.race([new Promise<void>((resolve) => sleeps.push(resolve)), clock.sleep(ms, signal)]),
    };
    const progress = createProgress(stepping, (text) => written.push(text));
    const work = Promise.withResolvers<string>();
    const done = progress.during(() => {
      progress.step("compile");
      return work.promise;
    });
    const wakeAt = async (seconds: number): Promise<void> => {
      clock.setSeconds(seconds);
      sleeps.pop()?.();
      await setImmediate();
    };
    await wakeAt(1.9);
    await wakeAt(2);
    await wakeAt(4.5);
    work.resolve("done");
    expect(await done).toBe("done");
    await wakeAt(100);
    expect(written).toEqual(["assay: compile ...\n", "assay: compile ... 2 s\n", "assay: compile ... 4 s\n"]);
  });

  it("throws what the work throws, and says nothing more", async () => {
    const { clock, written, progress } = setUp();
    await expect(progress.during(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    clock.setSeconds(1000);
    expect(written).toEqual([]);
  });
});
