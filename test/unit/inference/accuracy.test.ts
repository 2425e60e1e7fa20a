import { describe, expect, it } from "vitest";
import { type Accuracy, accuracyOf, type Reference } from "../../../src/inference/accuracy.ts";
import { createAssembler } from "../../../src/program/assembler.ts";
import type { Program, ProgramOutput } from "../../../src/program/program.ts";

type Output = Partial<ProgramOutput> & { readonly name: string };
type Given = Readonly<Record<string, readonly (number | string)[]>>;

/** Each output is an input of the same name as it is: q stands for q / 4, or is the index q. */
function program(outputs: readonly Output[], sizes: readonly number[]): Program {
  const { add, steps } = createAssembler({ weightBits: 0, biasBits: 0 });
  const inputs = outputs.map(({ name }, k) => {
    const step = add(name, sizes[k] ?? 0, { kind: "input", name, bits: [8] });
    return { name, step, shape: [sizes[k] ?? 0], bits: [8], minimum: [0], unit: [1] };
  });
  return {
    ...{ steps, inputs, parameters: { weightBits: 0, biasBits: 0, weights: 0, biases: 0 }, notes: [] },
    outputs: outputs.map((output, k) => ({
      ...{ step: k, shape: [sizes[k] ?? 0], kind: "number", unit: output.kind === "index" ? 1 : 0.25 },
      ...output,
    })),
  };
}

/** Rows of [the program's integers, the float model's numbers] by output. */
function accuracy(outputs: readonly Output[], rows: readonly (readonly [Given, Given])[]): Accuracy {
  const sizes = outputs.map(({ name }) => rows[0]?.[0][name]?.length ?? 0);
  return accuracyOf(
    { program: program(outputs, sizes), parameters: { weights: [], biases: [] } },
    rows.map(([ours]) => ({
      inputs: new Map(Object.entries(ours).map(([name, list]) => [name, Float64Array.from(list, Number)])),
    })),
    rows.map(([, theirs]): Reference => new Map(Object.entries(theirs))),
  );
}

const Y = { name: "y" };
/** Of one output y. */
const of = (output: Partial<ProgramOutput>, ...rows: readonly (readonly [readonly number[], Given[string]])[]) =>
  accuracy(
    [{ ...Y, ...output }],
    rows.map(([ours, theirs]) => [{ y: ours }, { y: theirs }]),
  );

describe("the errors of numbers", () => {
  it("are their mean, median and greatest, beside the range of the float model's", () => {
    expect(of({}, [[4], [1.5]], [[8], [2]], [[0], [-3]])).toEqual({
      ...{ rows: 3, meanError: 3.5 / 3, medianError: 0.5, maxError: 3, range: 5, changedClassShare: undefined },
    });
  });

  it("have the larger of the two in the middle as the median of an even number, however they are ordered", () => {
    expect(of({}, [[0], [4]], [[0], [-1]], [[0], [3]], [[0], [2]]).medianError).toBe(3);
    expect(of({}, [[0], [10]], [[0], [9]]).medianError).toBe(10);
  });

  it("are all outputs' together, and none of an index", () => {
    const found = accuracy(
      [Y, { name: "z" }, { name: "label", kind: "index" }],
      [
        [
          { y: [4], z: [8], label: [7] },
          { y: [1], z: [5], label: ["100"] },
        ],
      ],
    );
    expect(found).toMatchObject({ meanError: 1.5, medianError: 3, maxError: 3, range: 4 });
  });

  it("are nothing where all outputs are an index", () => {
    expect(of({ kind: "index" }, [[1], ["1"]], [[2], [2]])).toEqual({
      ...{ rows: 2, meanError: 0, medianError: 0, maxError: 0, range: 0, changedClassShare: 0 },
    });
  });

  it("are of what the file gives in the scores' place, with the link applied to ours alone", () => {
    expect(of({ kind: "scores", link: "sigmoid" }, [[0], [0.75]])).toMatchObject({ maxError: 0.25, range: 0 });
    expect(
      of({ kind: "scores", link: "softmax" }, [
        [9, 9],
        [1, 0],
      ]),
    ).toMatchObject({ maxError: 0.5, range: 1 });
    expect(
      of({ kind: "scores", link: "logSoftmax" }, [
        [9, 9],
        [0, 0],
      ]).maxError,
    ).toBeCloseTo(Math.log(2), 12);
    const grouped = of({ link: "softmax", group: 2, shape: [2, 2] }, [
      [0, 200, 9, 9],
      [0, 1, 0.5, 0.5],
    ]);
    expect(grouped.maxError).toBeCloseTo(0, 12);
  });
});

describe("the share of changed classes", () => {
  it("is of rows in which the greatest score is another, the first of equals", () => {
    const share = (...rows: Parameters<typeof of>[1][]) => of({}, ...rows).changedClassShare;
    expect(
      share([
        [1, 3, 2],
        [0, 9, 1],
      ]),
    ).toBe(0);
    expect(
      share([
        [1, 3, 2],
        [0, 1, 9],
      ]),
    ).toBe(1);
    expect(
      share([
        [3, 3, 0],
        [1, 1, 0],
      ]),
    ).toBe(0);
    expect(
      share([
        [3, 3, 0],
        [0.99, 1, 0],
      ]),
    ).toBe(1);
    expect(
      share([
        [3, 3, 0],
        [1, 0.99, 0],
      ]),
    ).toBe(0);
    expect(
      share([
        [3, 4, 0],
        [1, 1, 0],
      ]),
    ).toBe(1);
    expect(
      share(
        [
          [1, 0],
          [1, 0],
        ],
        [
          [1, 0],
          [0, 1],
        ],
        [
          [0, 1],
          [0, 1],
        ],
        [
          [0, 1],
          [0, 2],
        ],
      ),
    ).toBe(0.25);
  });

  it("is none of one number, unless it is a sigmoid, which is above a half or not", () => {
    expect(of({}, [[4], [1]]).changedClassShare).toBeUndefined();
    expect(of({ shape: [1, 1] }, [[4], [1]]).changedClassShare).toBeUndefined();
    const sigmoid = { kind: "scores", link: "sigmoid" } as const;
    expect(of(sigmoid, [[1], [0.6]], [[1], [0.5]], [[0], [0.4]], [[0], [0.51]]).changedClassShare).toBe(0.5);
  });

  it("is of an index by its class's name, or its number", () => {
    const labels = ["no", "yes"];
    const rows = [
      [[1], ["yes"]],
      [[0], ["yes"]],
      [[0], ["no"]],
      [[1], ["1"]],
    ] as const;
    expect(of({ kind: "index", labels }, ...rows).changedClassShare).toBe(0.5);
    expect(of({ kind: "index" }, [[1], [1]], [[0], ["0"]], [[1], [0]]).changedClassShare).toBe(1 / 3);
    // Names that are numbers: the third class is called 7.
    expect(of({ kind: "index", labels: ["3", "5", "7"] }, [[2], [7]], [[2], [2]]).changedClassShare).toBe(0.5);
    expect(
      of(
        { kind: "index" },
        [
          [1, 2],
          [1, 2],
        ],
        [
          [1, 2],
          [1, 3],
        ],
      ).changedClassShare,
    ).toBe(0.5);
  });

  it("counts a row once, whichever of its outputs changes", () => {
    const outputs = [{ name: "label", kind: "index" as const }, Y];
    const row = (label: number, y: readonly number[]) =>
      [
        { label: [0], y: [1, 0] },
        { label: [label], y },
      ] as const;
    expect(accuracy(outputs, [row(1, [0, 1])]).changedClassShare).toBe(1);
    expect(accuracy(outputs.toReversed(), [row(0, [0, 1])]).changedClassShare).toBe(1);
    expect(accuracy(outputs, [row(1, [1, 0]), row(0, [0, 1]), row(0, [1, 0])]).changedClassShare).toBe(2 / 3);
  });
});

describe("accuracyOf", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %s of the float model, by its row and output", (number) => {
    expect(() =>
      of(
        {},
        [
          [0, 1],
          [0, 1],
        ],
        [
          [0, 1],
          [0, number],
        ],
      ),
    ).toThrow(
      expect.objectContaining({
        ...{ code: "model.runtime", disposition: "reject" },
        message: "got an output y of the float model that is not finite, of row 2, want numbers",
      }),
    );
  });

  it("refuses a row beyond the job's range", () => {
    expect(() => of({}, [[0], [0]], [[256], [0]])).toThrow(expect.objectContaining({ code: "model.input" }));
  });

  it("compares with nothing that is not there", () => {
    expect(() => of({}, [[0, 1], [0]])).toThrow(new RangeError("got 1 numbers of output y, want 2"));
    expect(() => accuracy([Y], [[{ y: [0] }, { z: [0] }]])).toThrow("got undefined numbers of output y");
  });
});
