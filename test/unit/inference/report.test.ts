import { describe, expect, it } from "vitest";
import { costOf } from "../../../src/inference/cost.ts";
import { reportOf } from "../../../src/inference/report.ts";
import { convolution, curves, forest, type Specimen } from "../../support/inference/specimens.ts";

const ACCURACY = { rows: 3, meanError: 1, medianError: 2, maxError: 4, range: 8, changedClassShare: 0.25 };
const report = ({ job, compiled }: Specimen) => reportOf({ job, compiled, accuracy: ACCURACY });

describe("reportOf", () => {
  it("is the accuracy, the cost by layer and how many bits there are of what", () => {
    const { program, layout } = convolution().compiled;
    expect(report(convolution())).toEqual({
      ...ACCURACY,
      constraints: costOf(program, layout),
      inputBits: { x: [5, 5] },
      ...{ weightBits: 5, activationBits: 6, parameters: "private", notes: [] },
    });
  });

  it("has the least and the greatest width of each input's elements, as numbers and not as text", () => {
    expect(report(forest()).inputBits).toEqual({ a: [1, 4], b: [3, 3] });
    const { job, compiled } = forest();
    const inputs = compiled.program.inputs.map((input) => ({ ...input, bits: [10, 9, 32] }));
    const wide = { ...compiled, program: { ...compiled.program, inputs } };
    expect(reportOf({ job, compiled: wide, accuracy: ACCURACY }).inputBits).toMatchObject({ a: [9, 32] });
  });

  it("has the notes of the program: approximations with their bounds", () => {
    const { notes } = report(curves());
    expect(notes).toEqual(curves().compiled.program.notes);
    expect(notes).toContainEqual(expect.stringContaining("off by at most"));
  });
});
