import { describe, expect, it } from "vitest";
import { createAssembler } from "../../../src/program/assembler.ts";
import { entry, rowsOf, type Step, sourcesOf, stepAt, strideOf } from "../../../src/program/program.ts";

describe("stepAt", () => {
  it("gives a step by its place, and throws RangeError outside", () => {
    const { steps, add } = createAssembler({ weightBits: 0, biasBits: 0 });
    add("x", 2, { kind: "input", name: "x", bits: [3] });
    expect(stepAt({ steps }, 0).name).toBe("x");
    for (const id of [-1, 1]) expect(() => stepAt({ steps }, id)).toThrow(RangeError);
  });
});

describe("sourcesOf", () => {
  const rows = { sources: [4, 1], starts: Int32Array.of(0, 1), positions: Int32Array.of(0) };
  it.each<[Step, readonly number[]]>([
    [{ kind: "input", name: "x", bits: [1] }, []],
    [{ kind: "rectified", source: 3, shifts: Int32Array.of(0) }, [3]],
    [{ kind: "rescaled", source: 2, shifts: Int32Array.of(1) }, [2]],
    [{ kind: "thresholds", source: 5, element: 0, thresholds: Float64Array.of(1) }, [5]],
    [{ kind: "product", left: 1, right: 1 }, [1, 1]],
    [{ kind: "affine", ...rows, weights: Float64Array.of(1), bias: Float64Array.of(0) }, [4, 1]],
    [{ kind: "largest", ...rows }, [4, 1]],
    [{ kind: "indexOfLargest", ...rows }, [4, 1]],
  ])("of $kind are what it reads", (step, want) => {
    expect(sourcesOf(step)).toEqual(want);
  });
});

describe("rowsOf", () => {
  it("gives each row's positions, empty rows too", () => {
    const rows = { starts: Int32Array.of(0, 2, 2, 3), positions: Int32Array.of(5, 6, 7) };
    expect(rowsOf(rows)).toEqual([[5, 6], [], [7]]);
    expect(rowsOf({ starts: Int32Array.of(0), positions: Int32Array.of() })).toEqual([]);
  });
});

describe("strideOf", () => {
  it("is the widest element's, of a million elements too", () => {
    expect(strideOf({ bits: [3, 9, 1] })).toBe(9);
    expect(strideOf({ bits: new Array<number>(1 << 20).fill(7) })).toBe(7);
  });
});

describe("entry", () => {
  it("is the only one for all elements, or each element's own", () => {
    expect([0, 1, 2].map((j) => entry([4], j))).toEqual([4, 4, 4]);
    expect([0, 1].map((j) => entry([4, 5], j))).toEqual([4, 5]);
    expect(() => entry([4, 5], 2)).toThrow(RangeError);
  });
});
