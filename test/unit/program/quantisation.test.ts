import { describe, expect, it } from "vitest";
import {
  inputQuantisation,
  type Quantisation,
  requireRangesOf,
  requireUnitsOf,
} from "../../../src/program/quantisation.ts";

const quantisation = (changes: Partial<Quantisation>): Quantisation => ({
  ...{ weightBits: 8, activationBits: 8, curvePieces: 8, inputs: {}, ranges: {}, units: {} },
  ...changes,
});

const refused = expect.objectContaining({ code: "model.quantisation", disposition: "reject" });

describe("inputQuantisation", () => {
  const of = (bits: number[], minimum: number[], unit: number[]) =>
    quantisation({ inputs: { x: { bits, minimum, unit } } });

  it("is the job's, of one entry or of one an element", () => {
    expect(inputQuantisation(of([8], [0, 1, 2], [1]), "x", 3)).toEqual({ bits: [8], minimum: [0, 1, 2], unit: [1] });
    expect(inputQuantisation(of([8], [0], [1]), "x", 1 << 20).bits).toEqual([8]);
  });

  it("refuses lists of another length, shorter or longer, and says which", () => {
    expect(() => inputQuantisation(of([8, 8], [0], [1]), "x", 3)).toThrow(
      "got 2 entries of bits for input x, want 1 or 3, one for each element",
    );
    expect(() => inputQuantisation(of([8], [0, 0, 0, 0], [1]), "x", 3)).toThrowError(refused);
    expect(() => inputQuantisation(of([8], [0], []), "x", 3)).toThrowError(refused);
  });

  it("refuses an input that the job does not name, and says which it names", () => {
    expect(() => inputQuantisation(of([8], [0], [1]), "y", 3)).toThrow(/input y.*there is one for x/);
    for (const name of ["toString", "constructor", "__proto__"]) {
      expect(() => inputQuantisation(quantisation({}), name, 1)).toThrowError(refused);
    }
  });
});

describe("requireRangesOf", () => {
  it("takes ranges of some of the layers, or of none", () => {
    for (const ranges of [{}, { relu: 1 }]) requireRangesOf(new Set(["relu", "relu#2"]), quantisation({ ranges }));
  });

  it("refuses those of another layer", () => {
    const ranges = { relu: 1, "relu#2": 1 };
    expect(() => requireRangesOf(new Set(["relu"]), quantisation({ ranges }))).toThrow(/ranges .* relu#2/);
  });
});

describe("requireUnitsOf", () => {
  const layers = new Set(["fc1", "fc2"]);

  it("takes none, or one for each layer", () => {
    for (const units of [{}, { fc2: 1, fc1: 2 }]) requireUnitsOf(layers, quantisation({ units }));
  });

  it("refuses one too few and one too many", () => {
    expect(() => requireUnitsOf(layers, quantisation({ units: { fc1: 1 } }))).toThrow(/units .* fc2/);
    const units = { fc2: 1, fc1: 2, fc3: 3 };
    expect(() => requireUnitsOf(layers, quantisation({ units }))).toThrow(/units .* fc3/);
  });
});
