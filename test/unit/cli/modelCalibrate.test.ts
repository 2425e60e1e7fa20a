import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { calibrateCommand } from "../../../src/cli/model/calibrate.ts";
import { here } from "../../support/commandHere.ts";

const MODELS = join(import.meta.dirname, "../../models");

async function report(outputs: readonly string[]): Promise<string> {
  const ended = await here((environment) =>
    calibrateCommand(
      join(MODELS, "iris-logistic.onnx"),
      {
        ...{ data: join(MODELS, "iris-logistic.csv"), outputs, input: {}, parameters: "fixed" },
        ...{ force: false, json: false },
      },
      environment,
    ),
  );
  expect(ended.code, ended.stderr).toBe(0);
  return ended.stderr;
}

describe("calibrate's report", () => {
  it("has no error where the only output is an index, which is right or wrong", async () => {
    const text = await report(["output_label"]);
    expect(text).toMatch(/^ +class changes +0 % of rows \(0\)$/m);
    expect(text).not.toContain("error");
    expect(await report(["output_label", "output_probability"])).toMatch(
      /^ +error +mean 0\.\d+, median .*, of a range of/m,
    );
  });
});
