import { describe, expect, it } from "vitest";
import { at } from "../../../src/lib/element.ts";
import { createAssembler } from "../../../src/program/assembler.ts";
import {
  finest,
  type Lowering,
  materialised,
  narrowed,
  type Scaled,
  together,
  widthOf,
} from "../../../src/program/lowering.ts";
import type { Bounds } from "../../../src/program/program.ts";
import { random, seedOfRun } from "../../support/circuits/random.ts";

/** A lowering without a graph, and a tensor of these bits, units and offsets in it. */
function lowering(): {
  readonly lowering: Lowering;
  readonly tensor: (bits: readonly number[], unit: readonly number[], offset?: readonly number[]) => Scaled;
} {
  const assembler = createAssembler({ weightBits: 0, biasBits: 0 });
  const one: Lowering = {
    graph: { nodes: [], inputs: [], outputs: [], notes: [] },
    quantisation: { weightBits: 8, activationBits: 8, curvePieces: 8, inputs: {}, ranges: {}, units: {} },
    ...{ assembler, uniform: new Set(), table: undefined, notes: [], keys: [], units: {} },
  };
  const tensor = (bits: readonly number[], unit: readonly number[], offset?: readonly number[]): Scaled => ({
    step: assembler.add("x", unit.length, { kind: "input", name: "x", bits }),
    unit: Float64Array.from(unit),
    offset: offset === undefined ? undefined : Float64Array.from(offset),
  });
  return { lowering: one, tensor };
}

/** Real values of a tensor's bounds. */
function reals({ assembler }: Lowering, { step, unit, offset }: Scaled): { low: number[]; high: number[] } {
  const { bounds } = at(assembler.steps, step);
  const real = (side: keyof Bounds) => Array.from(bounds[side], (q, j) => (offset?.[j] ?? 0) + at(unit, j) * q);
  return { low: real("low"), high: real("high") };
}

describe("finest", () => {
  it("gives the largest coefficient all bits, where nothing is exact", () => {
    expect(finest([0.1, -Math.PI, 1], [], 8)).toBe(Math.PI / 127);
    expect(finest([Math.SQRT2, Math.PI], [], 2)).toBe(Math.PI);
  });

  it("is exact where coefficients are multiples of one of them", () => {
    expect(finest([0.3, -0.6, 0.9], [], 8)).toBeCloseTo(0.3, 12);
    expect(finest([7, 7, 7], [], 2)).toBe(7);
  });

  it("is exact where they are multiples of a part of the least", () => {
    expect(finest([2, 3], [], 8)).toBe(1);
    expect(finest([0.04, 0.1], [], 8)).toBeCloseTo(0.02, 12);
  });

  it("is not exact at the cost of bits that there are not", () => {
    expect(finest([1, 127], [], 8)).toBe(1);
    expect(finest([1, 128], [], 8)).toBe(128 / 127);
    expect(finest([64, 127], [], 7)).toBe(127 / 63);
  });

  it("is halved until constants are as good as multiples, but not beyond the coefficients' bits", () => {
    expect(finest([1], [0.25], 8)).toBe(0.25);
    expect(finest([1], [3], 8)).toBe(1);
    const unit = finest([1], [Math.PI], 8);
    expect([1 / unit, Math.abs(Math.PI - Math.round(Math.PI / unit) * unit) <= 1 / 254]).toEqual([128 / 2, true]);
    expect(finest([1], [1e-9], 8)).toBe(1); // as good as 0
  });

  it("takes a coefficient of 0 for none, and is of the constants where there is no other", () => {
    expect(finest([0, 0], [0, -5], 8)).toBe(5 / 127);
    expect(finest([], [2], 16)).toBe(2 / 32767);
    expect([finest([], [], 8), finest([0], [0], 8), finest([-0], [], 2)]).toEqual([1, 1, 1]);
  });

  it("lets a term that ranges over less have as much greater a coefficient", () => {
    const unit = finest([1, Math.PI], [], 8, [255, 1]);
    expect(unit).toBe(1 / 127);
    expect(finest([1, Math.PI], [], 8, [1, 255])).toBe(Math.PI / 127);
    expect(finest([1, Math.PI], [], 8, [1, 1])).toBe(Math.PI / 127);
  });

  it("does not mind terms that never move, whatever their coefficients", () => {
    expect(finest([1, 1e30], [], 8, [255, 0])).toBe(1);
    expect(finest([1, Math.SQRT2, 1e5 / 3], [], 8, [255, 255, 0])).toBe(Math.SQRT2 / 127);
    expect(finest([2, 1], [], 8, [0, 0])).toBe(1);
    expect(finest([2, 0], [], 8, [0, 5])).toBe(2 / 127);
    expect(finest([1e300, 1e-300], [], 8, [0, 5])).toBe(1e-300 / 127);
  });

  it("ends, with a number above 0, for whatever numbers", () => {
    const extremes = [0, 1, -1, 1e-320, 1e300, -1e300, 5e-324, 1e-9, 0.1, Math.PI, 3 * 2 ** -40];
    const source = random(seedOfRun());
    for (let i = 0; i < 5000; i++) {
      const list = (choices: readonly number[]) => Array.from({ length: source.below(4) }, () => source.pick(choices));
      const coefficients = list(extremes);
      const widths = source.oneIn(2) ? undefined : coefficients.map(() => source.pick([0, 1, 255, 2 ** 49]));
      const bits = source.pick([2, 8, 16]);
      const unit = finest(coefficients, list(extremes), bits, widths);
      expect(unit, JSON.stringify([coefficients, widths, bits])).toBeGreaterThanOrEqual(0);
      expect(unit).not.toBeNaN();
    }
  });

  it("ends for numbers that are none", () => {
    for (const strange of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const [coefficients, constants] of [
        [[strange], [1]],
        [[1, strange], [0]],
        [[1], [strange]],
        [[], [strange]],
      ]) {
        expect(typeof finest(coefficients ?? [], constants ?? [], 8)).toBe("number");
        expect(
          typeof finest(
            coefficients ?? [],
            constants ?? [],
            8,
            coefficients?.map(() => strange),
          ),
        ).toBe("number");
      }
    }
  });

  it("leaves every coefficient within its bits and at most half a unit off, by chance", () => {
    const source = random(seedOfRun() + 1n);
    for (let i = 0; i < 2000; i++) {
      const coefficients = Array.from(
        { length: 1 + source.below(6) },
        () => (source.below(2001) - 1000) / source.pick([1, 7, 250]),
      );
      const bits = 2 + source.below(10);
      const unit = finest(coefficients, [(source.below(201) - 100) / 8], bits);
      for (const one of coefficients) expect(Math.abs(Math.round(one / unit))).toBeLessThanOrEqual(2 ** (bits - 1) - 1);
    }
  });
});

describe("materialised", () => {
  it("is the tensor itself, without a step, where it has no offset and its units will do", () => {
    const { lowering: one, tensor } = lowering();
    const [same, different] = [tensor([4], [0.5, 0.5], [0, 0]), tensor([4], [0.5, 1], [0, -0])];
    expect(materialised(one, "n", same, true).step).toBe(same.step);
    expect(materialised(one, "n", different, false).step).toBe(different.step);
    expect(one.assembler.steps).toHaveLength(2);
    expect(materialised(one, "n", different, true).unit).toEqual(Float64Array.of(0.5, 0.5));
    expect(one.assembler.steps).toHaveLength(3);
  });

  it("takes offsets in, exactly where they are multiples of a unit that fits", () => {
    const { lowering: one, tensor } = lowering();
    const before = tensor([4], [0.5, 3], [-2, 0.75]);
    const after = materialised(one, "n", before, false);
    expect(after.unit).toEqual(Float64Array.of(0.5, 0.75));
    expect(after.offset).toBeUndefined();
    expect(reals(one, after)).toEqual(reals(one, before));
  });

  it("is off by less than a 2^15th of the largest value, whatever units and offsets are", () => {
    const source = random(seedOfRun() + 2n);
    for (let i = 0; i < 300; i++) {
      const { lowering: one, tensor } = lowering();
      const real = () => (1 + source.below(999)) / source.pick([1, 10, 1e4, 1e7]);
      const size = 1 + source.below(4);
      const bits = Array.from({ length: size }, () => 1 + source.below(10));
      const units = bits.map(real);
      const offsets = bits.map(() => source.pick([0, real(), -real()]));
      const before = tensor(bits, units, offsets);
      const [want, got] = [reals(one, before), reals(one, materialised(one, "n", before, true))];
      const largest = Math.max(
        ...want.low.map(Math.abs),
        ...want.high.map(Math.abs),
        ...units.map((unit, j) => unit * 2 ** at(bits, j)),
      );
      for (const side of ["low", "high"] as const) {
        for (const [j, value] of want[side].entries()) {
          expect(Math.abs(at(got[side], j) - value) / largest, `case ${i}`).toBeLessThan(2 ** -15);
        }
      }
    }
  });
});

describe("together", () => {
  it("has several tensors end to end in one unit", () => {
    const { lowering: one, tensor } = lowering();
    const joined = together(one, "n", [tensor([4], [0.5, 1]), tensor([2], [0.25], [-1])]);
    expect(joined.unit).toEqual(Float64Array.of(0.25, 0.25, 0.25));
    expect(reals(one, joined)).toEqual({ low: [0, 0, -1], high: [7.5, 15, -0.25] });
  });

  it("of one tensor is that tensor with one unit", () => {
    const { lowering: one, tensor } = lowering();
    const single = tensor([4], [2, 2]);
    expect(together(one, "n", [single])).toEqual({ step: single.step, unit: single.unit });
  });

  it("does not lose small units of many steps to a large one of few", () => {
    const { lowering: one, tensor } = lowering();
    const joined = together(one, "n", [tensor([30], [2 ** -30]), tensor([1], [1])]);
    expect(reals(one, joined).high[0]).toBeCloseTo(1, 4);
  });
});

describe("narrowed", () => {
  it("leaves what fits", () => {
    const { lowering: one, tensor } = lowering();
    const x = tensor([8, 3], [1, 1]);
    for (const bits of [8, 9, 50]) expect(narrowed(one, "n", x, { bits })).toBe(x);
  });

  it("rounds each element that does not to so many bits, and keeps offsets", () => {
    const { lowering: one, tensor } = lowering();
    const narrow = narrowed(one, "n", tensor([8, 7, 5], [1, 0.5, 1], [3, 0, -1]), { bits: 5 });
    expect(narrow.unit).toEqual(Float64Array.of(8, 2, 1));
    expect(narrow.offset).toEqual(Float64Array.of(3, 0, -1));
    expect(widthOf(one, narrow)).toBeLessThanOrEqual(6); // 255 / 8 is rounded to 32
    expect(at(one.assembler.steps, narrow.step).step).toMatchObject({
      kind: "rescaled",
      shifts: Int32Array.of(3, 2, 0),
    });
  });

  it("rounds all alike where they share parameters", () => {
    const { lowering: one, tensor } = lowering();
    const narrow = narrowed(one, "n", tensor([8, 2], [1, 1]), { bits: 5, alike: true });
    expect(narrow.unit).toEqual(Float64Array.of(8, 8));
  });

  it("leaves one bit at least", () => {
    const { lowering: one, tensor } = lowering();
    expect(narrowed(one, "n", tensor([8], [1]), { bits: -3 }).unit).toEqual(Float64Array.of(128));
  });
});

describe("widthOf", () => {
  it("is of the greatest magnitude, whatever its sign", () => {
    const { lowering: one, tensor } = lowering();
    expect(widthOf(one, tensor([3, 7, 1], [1, 1, 1]))).toBe(7);
    const moved = materialised(one, "n", tensor([1], [1], [-1000]), true);
    expect(widthOf(one, moved)).toBe(10);
  });
});
