import { describe, expect, it } from "vitest";
import { inputGrid } from "../../../src/inference/inputGrid.ts";
import { at } from "../../../src/lib/element.ts";
import { entry } from "../../../src/program/program.ts";
import { random, seedOfRun } from "../../support/circuits/random.ts";

const grid = (columns: readonly (readonly number[])[], bits = 8) =>
  inputGrid(
    columns.map((column) => Float64Array.from(column)),
    bits,
  );

describe("inputGrid", () => {
  it("finds whole numbers, and gives them no more bits than they need", () => {
    expect(grid([[0, 3, 7]])).toEqual({ bits: [3], minimum: [0], unit: [1] });
    expect(
      grid([
        [5, 255],
        [0, 1],
      ]),
    ).toEqual({ bits: [8], minimum: [0], unit: [1] });
    expect(grid([[-3, 4]])).toEqual({ bits: [3], minimum: [-3], unit: [1] });
    expect(grid([[1000, 1007]])).toEqual({ bits: [3], minimum: [1000], unit: [1] });
  });

  it("finds decimals and bytes, single precision too", () => {
    expect(grid([[4.9, 5.1, 7.9].map(Math.fround)])).toEqual({ bits: [7], minimum: [0], unit: [0.1] });
    expect(grid([[0, 17 / 255, 1].map(Math.fround)])).toEqual({ bits: [8], minimum: [0], unit: [1 / 255] });
    expect(grid([[0.0625, 0.9375]])).toEqual({ bits: [4], minimum: [0], unit: [1 / 16] });
    expect(grid([[-0.25, 1.55]])).toEqual({ bits: [6], minimum: [-0.25 - 13 * 0.05], unit: [0.05] });
  });

  it("leaves what its bits have over on both sides, below 0 only where something is", () => {
    expect(grid([[-3, 8]])).toEqual({ bits: [4], minimum: [-5], unit: [1] });
    expect(grid([[1000, 1004]])).toEqual({ bits: [3], minimum: [999], unit: [1] });
    expect(grid([[3, 8]], 3)).toEqual({ bits: [3], minimum: [2], unit: [1] });
    expect(grid([[3, 8]], 4)).toEqual({ bits: [4], minimum: [0], unit: [1] });
    expect(grid([[-300]]).minimum).toEqual([-300]);
  });

  it("is the coarsest of them", () => {
    expect(grid([[2, 4, 6]])).toMatchObject({ unit: [1] });
    expect(grid([[0.5, 2]])).toMatchObject({ unit: [0.5] });
  });

  it("is each element's own where they have none together", () => {
    expect(
      grid([
        [0, 1],
        [0.001, 0.002],
        [0, Math.PI],
      ]),
    ).toEqual({
      bits: [1, 2, 8],
      minimum: [0, 0, 0],
      unit: [1, 0.001, (Math.PI * 1.05) / 255],
    });
  });

  it("finds a grid of the numbers' own: two categories, whole numbers that were shifted and scaled", () => {
    const sexes = Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? -0.0446416 : 0.0506801));
    const { bits, minimum, unit } = grid([sexes]);
    expect([bits, minimum]).toEqual([[1], [-0.0446416]]);
    expect(at(minimum, 0) + at(unit, 0)).toBeCloseTo(0.0506801, 15);
    const ages = Array.from({ length: 60 }, (_, i) => ((i * 7) % 50) / 7.123 - 2.85);
    for (const list of [ages, ages.map(Math.fround)]) {
      const one = grid([list]);
      expect(one.bits).toEqual([6]);
      const integers = list.map((value) => (value - at(one.minimum, 0)) / at(one.unit, 0));
      expect(Math.max(...integers.map((q) => Math.abs(q - Math.round(q))))).toBeLessThan(1e-3);
      expect(at(one.minimum, 0)).toBeCloseTo(-2.85 - 7 / 7.123, 4); // 64 integers for 50: 7 below
    }
  });

  it("takes no chance for a grid: few numbers, each of them once or twice, are spread", () => {
    expect(grid([[-0.0446416, 0.0506801]]).bits).toEqual([8]);
    expect(grid([[Math.E, Math.PI, Math.SQRT2, Math.PI]]).bits).toEqual([8]);
    const source = random(seedOfRun());
    for (let i = 0; i < 200; i++) {
      expect(grid([Array.from({ length: 6 }, () => source.below(2 ** 30) / 2 ** 29 - 1)]).bits).toEqual([8]);
    }
  });

  it("spreads other numbers evenly, with a margin, and not below 0 where none is", () => {
    const { bits, minimum, unit } = grid([[-Math.E, Math.PI]]);
    const width = Math.PI + Math.E;
    expect(bits).toEqual([8]);
    expect(minimum).toEqual([expect.closeTo(-Math.E - width / 20, 10)]);
    expect(unit).toEqual([expect.closeTo((width * 1.1) / 255, 10)]);
    expect(grid([[Math.SQRT2, Math.PI]]).minimum).toEqual([
      expect.closeTo(Math.SQRT2 - (Math.PI - Math.SQRT2) / 20, 10),
    ]);
    expect(grid([[0.01 * Math.PI, Math.PI]]).minimum).toEqual([0]);
  });

  it("spreads what lies on a grid that is too fine for the bits", () => {
    expect(grid([[0, 0.001, 1]], 4).bits).toEqual([4]);
    expect(grid([[0, 0.001, 1]], 4).unit).toEqual([expect.closeTo(1.05 / 15, 12)]);
    expect(grid([[0, 0.001, 1]], 10)).toEqual({ bits: [10], minimum: [0], unit: [0.001] });
  });

  it("takes elements that never change", () => {
    expect(grid([[0, 0]])).toEqual({ bits: [1], minimum: [0], unit: [1] });
    expect(grid([[7]])).toEqual({ bits: [3], minimum: [0], unit: [1] });
    expect(grid([[-300]])).toEqual({ bits: [1], minimum: [-300], unit: [1] });
    expect(grid([[Math.PI, Math.PI]])).toEqual({ bits: [8], minimum: [Math.PI], unit: [1] });
    expect(grid([[1e300]])).toEqual({ bits: [1], minimum: [1e300], unit: [1] });
  });

  it("has bits, minimum and unit that a job takes, and every value within, by chance", () => {
    const source = random(seedOfRun());
    for (let i = 0; i < 2000; i++) {
      const scale = source.pick([1e-7, 0.001, 0.1, 1, 255, 1e6, 1e12]);
      const value = source.pick([
        () => (source.below(2001) - 1000) * scale,
        () => (source.below(2 ** 30) / 2 ** 30 - 0.3) * scale,
        () => source.below(256) / 255,
        () => source.pick([-1, 0, 1]),
      ]);
      const columns = Array.from({ length: 1 + source.below(3) }, () =>
        Array.from({ length: 1 + source.below(5) }, value),
      );
      const bits = source.pick([1, 4, 8, 16]);
      const found = grid(columns, bits);
      for (const [j, column] of columns.entries()) {
        const [width, minimum, unit] = [entry(found.bits, j), entry(found.minimum, j), entry(found.unit, j)];
        expect([Number.isInteger(width), width >= 1, width <= bits, Number.isFinite(minimum), unit > 0]).toEqual(
          new Array(5).fill(true),
        );
        for (const one of column) {
          const q = Math.round((one - minimum) / unit);
          if (!(q >= 0 && q < 2 ** width))
            expect.fail(`${JSON.stringify(columns)}: got ${q} of ${width} bits for ${one}`);
          expect(Math.abs(minimum + unit * q - one)).toBeLessThanOrEqual(unit * 0.501 + Math.abs(one) * 2 ** -50);
        }
      }
      expect(at(found.bits, 0)).toBeGreaterThan(0);
    }
  });
});
