import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inspectModel } from "../../../src/inference/inspectModel.ts";
import { IRIS } from "../../support/irisModel.ts";
import { encode } from "../../support/onnx/encode.ts";
import { SMALL } from "../../support/onnx/small.ts";

const model = (name: string): Uint8Array => readFileSync(new URL(`../../models/${name}.onnx`, import.meta.url));

describe("inspectModel", () => {
  it("gives what the file says of itself, and how many numbers it has learned", () => {
    const found = inspectModel(encode(SMALL));
    expect(found.producer).toBe("assay tests");
    expect(found.opsets).toEqual({ "": 17, "ai.onnx.ml": 3 });
    expect(found.inputs).toEqual([{ name: "x", type: "float", shape: [undefined, 3] }]);
    expect(found.outputs.map(({ name, type }) => [name, type])).toEqual([
      ["label", "string"],
      ["scores", "float"],
    ]);
    // Of the layer 3 * 2 and 2, of the classifier 2 * 2 and 2; where a Slice cuts is none of them.
    expect(found.parameters).toBe(8 + 6);
    expect(found.refusal).toBeUndefined();
  });

  it("notes what a reader should know of outputs that are logits", () => {
    const { notes, nodes } = inspectModel(readFileSync(IRIS));
    expect(nodes.map(({ operator }) => operator)).toEqual(["Scaler", "LinearClassifier", "Normalizer"]);
    expect(notes).toEqual([expect.stringMatching(/softmax|logit/i)]);
  });

  it("refuses an output that the file has not, and shows its nodes all the same", () => {
    const { refusal, nodes } = inspectModel(readFileSync(IRIS), ["nothing"]);
    expect(refusal).toContain("got the output nothing");
    expect(nodes).toHaveLength(3);
    expect(inspectModel(readFileSync(IRIS)).refusal).toBeUndefined();
  });

  it("refuses a model for a node that a wanted output needs, and not for one that none does", () => {
    const whole = inspectModel(model("wine-svc"));
    expect(whole.refusal).toContain("Less");
    expect(whole.notes).toEqual([]);
    expect(whole.nodes.filter(({ reason }) => reason !== undefined).map(({ operator }) => operator)).toContain("Less");
    expect(inspectModel(model("wine-svc"), ["output_label"]).refusal).toBeUndefined();
  });

  it("throws for what is no model at all", () => {
    expect(() => inspectModel(Uint8Array.of(1, 2, 3))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^model\./), disposition: "reject" }),
    );
  });
});
