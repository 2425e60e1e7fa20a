import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderTemplate } from "../../../../src/inference/circom/template.ts";
import { compile } from "../../../../src/inference/compiledModel.ts";
import { costOf, costOfSteps } from "../../../../src/inference/cost.ts";
import type { ModelJob } from "../../../../src/inference/modelJob.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const OPTIONS = { name: "Score", about: ["what it is."], cost: 7 };

function compiled(parameters: ModelJob["parameters"]) {
  return compile(readFileSync(join(ROOT, "test/models/iris-logistic.onnx")), {
    ...{ version: 1, model: "x.onnx", parameters, weightBits: 8, activationBits: 8, curvePieces: 8 },
    inputs: { input: { visibility: "hashed", bits: [8, 7, 6, 5], minimum: [0], unit: [0.1] } },
    ...{ ranges: {}, units: {} },
  });
}

describe("renderTemplate", () => {
  it("has the entry's steps, line by line, and neither checks of inputs nor a statement", () => {
    const { program, entry } = compiled("fixed");
    const text = renderTemplate(program, OPTIONS);
    const steps = (of: string): string =>
      of.slice(of.indexOf("// affine"), of.search(/\n\n *(y0 <==|signal hash0|y\[)/));
    expect(steps(text)).not.toBe("");
    expect(steps(text)).toBe(steps(entry));
    expect(text).toContain("template Score() {\n    signal input x0[4];\n    signal output y0[");
    expect(text).not.toMatch(/InRange|Statement|Committed|component main|challenge/);
    for (const [, template] of text.matchAll(/ ([A-Z]\w+)\(.*\)\(/g)) {
      expect(text).toContain(`include "inference/${template}.circom";`);
    }
  });

  it("says in its header what it assumes of each element and what the outputs can be", () => {
    const text = renderTemplate(compiled("fixed").program, OPTIONS);
    expect(text).toContain("// Score(): what it is.\n");
    expect(text).toContain("x0[0] < 2^8, x0[1] < 2^7, x0[2] < 2^6, x0[3] < 2^5");
    expect(text).toMatch(/signal output y0\[\d\]; \/\/ in \[/);
    expect(text).toContain("// Cost: 7.\n");
  });

  it("refuses private parameters, whose commitment it would leave out", () => {
    expect(() => renderTemplate(compiled("private").program, OPTIONS)).toThrowError(
      "want a template's to be constants",
    );
  });
});

describe("costOfSteps", () => {
  it("is the whole cost but for the statement, the parameters and the inputs' ranges", () => {
    const { program, layout } = compiled("fixed");
    const { total, statement, parameters } = costOf(program, layout);
    expect(costOfSteps(program)).toBe(total - statement - parameters - (8 + 7 + 6 + 5));
  });
});
