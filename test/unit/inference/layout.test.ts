import { describe, expect, it } from "vitest";
import {
  elementsOf,
  type Layout,
  layoutOf,
  type Visibility,
  WORD_BITS,
  wordCount,
} from "../../../src/inference/layout.ts";
import { createAssembler } from "../../../src/program/assembler.ts";
import type { Program } from "../../../src/program/program.ts";

type Tensor = { readonly size: number; readonly bits: readonly number[]; readonly visibility: Visibility };

/** Outputs are steps of these bounds, low and high. */
function layout(
  inputs: readonly Tensor[],
  outputs: readonly (readonly [number, number])[][],
): { layout: Layout; program: Program } {
  const { add, steps } = createAssembler({ weightBits: 0, biasBits: 0 });
  const program: Program = {
    steps,
    inputs: inputs.map(({ size, bits }, i) => ({
      ...{ name: `x${i}`, shape: [size], bits, minimum: [0], unit: [1] },
      step: add(`x${i}`, size, { kind: "input", name: `x${i}`, bits }),
    })),
    outputs: outputs.map((intervals, i) => {
      const bias = Float64Array.from(intervals, ([low]) => low);
      const high = Float64Array.from(intervals, ([, most]) => most);
      const starts = new Int32Array(intervals.length + 1);
      const rows = {
        kind: "affine",
        sources: [],
        starts,
        positions: new Int32Array(),
        weights: new Float64Array(),
      } as const;
      const step = add(`y${i}`, intervals.length, { ...rows, bias }, { low: bias, high: bias });
      steps[step]?.bounds.high.set(high);
      return { name: `y${i}`, step, shape: [intervals.length], unit: 1, kind: "number" } as const;
    }),
    parameters: { weightBits: 0, biasBits: 0, weights: 0, biases: 0 },
    notes: [],
  };
  return { layout: layoutOf(program, (name) => inputs[Number(name.slice(1))]?.visibility ?? "private"), program };
}

describe("layoutOf", () => {
  const bytes = (visibility: Visibility): Tensor => ({ size: 100, bits: [8], visibility });

  it("gives a private input no element, a hashed one 1, a public one its words", () => {
    const { layout: found, program } = layout([bytes("private"), bytes("hashed"), bytes("public")], [[[0, 1]]]);
    expect(found).toMatchObject({ visibilities: ["private", "hashed", "public"], inputElements: 1 + 4 });
    const [input] = program.inputs;
    if (input === undefined) throw new TypeError("there are three");
    expect((["private", "hashed", "public"] as const).map((one) => elementsOf(input, one, program))).toEqual([0, 1, 4]);
  });

  it("packs an input as wide as its widest element", () => {
    expect(layout([{ size: 3, bits: [1, 32, 2], visibility: "public" }], [[[0, 1]]]).layout.inputElements).toBe(1);
    expect(layout([{ size: 8, bits: [32], visibility: "public" }], [[[0, 1]]]).layout.inputElements).toBe(2);
  });

  it.each<[readonly [number, number], number]>([
    [[0, 0], 1],
    [[-1, 0], 1],
    [[0, 1], 2],
    [[-2, 1], 2],
    [[-3, 1], 3],
    [[0, 127], 8],
    [[-128, 127], 8],
    [[0, 128], 9],
    [[-129, 0], 9],
    [[-(2 ** 49), 2 ** 49 - 1], 50],
  ])("holds outputs of %j in %i bits, sign included", (interval, bits) => {
    expect(layout([], [[interval]]).layout).toMatchObject({ outputStride: bits, outputWords: 1 });
  });

  it("has one width for all outputs, one after the other", () => {
    const { layout: found } = layout(
      [],
      [
        [
          [0, 1],
          [-100, 5],
        ],
        new Array(30).fill([0, 3]),
      ],
    );
    expect(found).toMatchObject({ outputStride: 8, outputWords: 2 }); // 32 of 8 bits, 31 to a word
  });

  it("takes a million outputs", () => {
    const { layout: found } = layout([], [new Array(1 << 20).fill([-8, 7])]);
    expect(found).toMatchObject({ outputStride: 4, outputWords: Math.ceil((1 << 20) / 62) });
  });
});

describe("wordCount", () => {
  it("is as many words as are needed, none of them over 248 bits", () => {
    expect([0, 1, 31, 32, 62, 63].map((size) => wordCount(size, 8))).toEqual([0, 1, 1, 2, 2, 3]);
    expect([1, 2].map((size) => wordCount(size, WORD_BITS))).toEqual([1, 2]);
    expect(wordCount(5, 125)).toBe(5);
    expect(wordCount(248, 1)).toBe(1);
  });
});
