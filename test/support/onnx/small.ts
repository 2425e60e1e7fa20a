// A small model with something of everything in it, for tests to cut short, change and turn around.

import type { ModelLiteral } from "./encode.ts";
import { float, floats, floatTensor, int, int64Tensor, string, strings, tensor } from "./literals.ts";

/** A layer and a classifier that names its classes. onnxruntime takes it. */
export const SMALL: ModelLiteral = {
  producer: "assay tests",
  opsets: { "": 17, "ai.onnx.ml": 3 },
  inputs: [{ name: "x", type: "float", shape: [undefined, 3] }],
  outputs: [
    { name: "label", type: "string", shape: [undefined] },
    { name: "scores", type: "float", shape: [undefined, 2] },
  ],
  initializers: {
    weights: floatTensor([3, 2], [1, -2, 0.5, 4, 0, -0.25]),
    starts: int64Tensor([2], [0, 0]),
    ends: int64Tensor([2], [2 ** 63, 2]),
  },
  nodes: [
    {
      name: "bias of the layer",
      operator: "Constant",
      inputs: [],
      outputs: ["bias"],
      attributes: { value: tensor(floatTensor([2], [0.125, -1])) },
    },
    {
      name: "layer",
      operator: "Gemm",
      inputs: ["x", "weights", "bias"],
      outputs: ["hidden"],
      attributes: { alpha: float(0.5), transB: int(0) },
    },
    { name: "cut", operator: "Slice", inputs: ["hidden", "starts", "ends"], outputs: ["two"] },
    {
      name: "classes",
      operator: "LinearClassifier",
      domain: "ai.onnx.ml",
      inputs: ["two"],
      outputs: ["label", "scores"],
      attributes: {
        coefficients: floats([1, 0, 0, 1]),
        intercepts: floats([0.25, 0.5]),
        classlabels_strings: strings(["no", "yes"]),
        post_transform: string("NONE"),
      },
    },
  ],
};
