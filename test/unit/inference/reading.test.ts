import { describe, expect, it } from "vitest";
import { type Reading, readingsOf } from "../../../src/inference/reading.ts";
import type { ProgramOutput } from "../../../src/program/program.ts";

/** Of one output. */
function reading(output: Partial<ProgramOutput>, ...integers: readonly number[]): Reading {
  const whole = { name: "y", step: 0, shape: [integers.length], unit: 1, kind: "number", ...output } as const;
  const [found] = readingsOf({ outputs: [whole] }, [Float64Array.from(integers)]);
  if (found === undefined) throw new TypeError("there is one output");
  return found;
}
const close = (...values: readonly number[]) => values.map((value) => expect.closeTo(value, 12));

describe("readingsOf", () => {
  it("gives a number's integers and what they stand for, and nothing else", () => {
    expect(reading({ unit: 0.5 }, -3, 0, 4)).toEqual({
      ...{ name: "y", kind: "number", integers: [-3, 0, 4], values: [-1.5, 0, 2] },
    });
  });

  it("gives each output its own integers, in the program's order", () => {
    const outputs = (["a", "b"] as const).map((name, step) => ({
      ...{ name, step, shape: [1], unit: 10 ** step, kind: "number" as const },
    }));
    const found = readingsOf({ outputs }, [Float64Array.of(1), Float64Array.of(2)]);
    expect(found.map(({ name, values }) => [name, values])).toEqual([
      ["a", [1]],
      ["b", [20]],
    ]);
  });

  it("gives scores as they are, and what the file has in their place by their link", () => {
    const odds = Math.log(3);
    expect(reading({ kind: "scores", link: "sigmoid", unit: odds }, 0, 1, -1)).toEqual({
      ...{ name: "y", kind: "scores", integers: [0, 1, -1], values: [0, odds, -odds] },
      linked: { link: "sigmoid", values: close(1 / 2, 3 / 4, 1 / 4) },
    });
    expect(reading({ kind: "scores", link: "softmax", unit: odds }, 1, 0, 0).linked).toEqual({
      ...{ link: "softmax", values: close(3 / 5, 1 / 5, 1 / 5) },
    });
    expect(reading({ kind: "scores", link: "logSoftmax", unit: odds }, 1, 0).linked).toEqual({
      ...{ link: "logSoftmax", values: close(Math.log(3 / 4), Math.log(1 / 4)) },
    });
  });

  it("links each group of scores by itself", () => {
    expect(reading({ link: "softmax", group: 2, unit: Math.log(3) }, 1, 0, 5, 5).linked?.values).toEqual(
      close(3 / 4, 1 / 4, 1 / 2, 1 / 2),
    );
  });

  it("links as many scores as a manifest may say in one pass", () => {
    const size = 2 ** 18; // each with each would be 2^36 exponentials
    const scores = { name: "y", step: 0, shape: [size], unit: 1, kind: "scores", link: "softmax" } as const;
    const [found] = readingsOf({ outputs: [scores] }, [new Float64Array(size)]);
    expect(found?.linked?.values).toHaveLength(size);
    expect([0, 1, size - 1].map((j) => found?.linked?.values[j])).toEqual(close(2 ** -18, 2 ** -18, 2 ** -18));
  });

  it("links scores that are too large for an exponential", () => {
    expect(reading({ link: "softmax" }, 5000, 4000, -5000).linked?.values).toEqual([1, 0, 0]);
    expect(reading({ link: "logSoftmax" }, 5000, 4000).linked?.values).toEqual([0, -1000]);
    expect(reading({ link: "sigmoid" }, 5000, -5000).linked?.values).toEqual([1, 0]);
  });

  it("gives an index its class's name, or its number where that is not known", () => {
    expect(reading({ kind: "index", labels: ["a", "b"] }, 1, 0, 4).labels).toEqual(["b", "a", "4"]);
    expect(reading({ kind: "index" }, 1)).not.toHaveProperty("labels");
  });

  it("gives scores no labels, which are those of classes", () => {
    expect(reading({ unit: 0.5, labels: ["a", "b"] }, 1, 0)).not.toHaveProperty("labels");
  });
});
