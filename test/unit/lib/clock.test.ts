import { describe, expect, it } from "vitest";
import { nowSeconds, systemClock } from "../../../src/lib/clock.ts";
import { createFixedClock } from "../../support/fixedClock.ts";

describe("nowSeconds", () => {
  it("rounds down: a second counts from its start", () => {
    const at = (ms: number) => nowSeconds({ ...createFixedClock(0), nowMs: () => ms });
    expect([at(59_999), at(60_000), at(60_001)]).toEqual([59, 60, 60]);
  });
});

describe("systemClock", () => {
  it("ends a sleep when the signal aborts", async () => {
    const controller = new AbortController();
    const sleep = systemClock.sleep(2 ** 30, controller.signal);
    controller.abort(new Error("enough"));
    await expect(sleep).rejects.toMatchObject({ name: "AbortError", cause: { message: "enough" } });
  });

  it("does not begin a sleep under an aborted signal", async () => {
    await expect(systemClock.sleep(2 ** 30, AbortSignal.abort())).rejects.toThrow();
  });

  it("sleeps without a signal too", async () => {
    await expect(systemClock.sleep(0)).resolves.toBeUndefined();
  });
});
