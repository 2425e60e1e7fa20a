import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as ModelJob from "../../../src/inference/modelJob.ts";
import * as Rows from "../../../src/inference/rows.ts";
import { whyNoJson } from "../../../src/lib/noJson.ts";
import { IRIS } from "../../support/irisModel.ts";

function why(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch (error) {
    return whyNoJson(text, error);
  }
}

describe("whyNoJson", () => {
  it("tells what is no text from text, of which it keeps the parser's reason in one line", () => {
    expect(why("\b\u0000")).toBe("it is no text");
    expect(why("\ufffdPNG")).toBe("it is no text");
    expect(why("a,b\r\n1,2\t\n")).toMatch(/^it is no JSON: Unexpected token 'a'[^\n]*$/);
    expect(why('{"größe": 1,}')).toContain("position 12");
  });
});

describe("a model in the place of", () => {
  it("a job is said to be none in one line", async () => {
    await expect(ModelJob.load(IRIS)).rejects.toMatchObject({
      ...{ code: "job.model", disposition: "reject" },
      message: `got ${IRIS}, want a model's job: it is no text`,
    });
  });

  it("rows is said to be none in one line", () => {
    const message = "got iris.onnx, want rows of numbers for the model's inputs: it is no text";
    expect(() => Rows.parse(readFileSync(IRIS, "utf8"), "iris.onnx", [{ name: "x", size: 1 }])).toThrow(
      expect.objectContaining({ code: "model.rows", disposition: "reject", message }),
    );
  });
});
