// FeatureVectorizer: its inputs' features side by side.

import { ints, only } from "../../attributes.ts";
import { affine, asNode, constant, structure, sum } from "../../builder.ts";
import type { Operator } from "../../operator.ts";
import { badShape } from "../../operator.ts";
import { sameTypes } from "../operands.ts";
import { feature, widthOf } from "./features.ts";
import { checkLength } from "./numbers.ts";

export const featureVectorizer: Operator = (context) => {
  only(context, ["inputdimensions"]);
  sameTypes(context);
  const { builder, inputs } = context;
  const widths = ints(context, "inputdimensions") ?? new Float64Array();
  checkLength(context, "inputdimensions", widths, inputs.length);
  const parts = inputs.map((_, position) => {
    const value = feature(context, position);
    const width = widthOf(context, value);
    if (width !== widths[position]) {
      // onnxruntime would cut it off or fill it up.
      throw badShape(context, `an input of ${width} features, want ${widths[position]} as inputdimensions says`);
    }
    return value;
  });
  const shape = [1, widths.reduce((total, width) => total + width, 0)];
  if (parts.every((part) => part.kind === "constant")) {
    return [
      {
        value: constant(
          shape,
          parts.flatMap((part) => Array.from(part.data)),
        ),
      },
    ];
  }
  const operands = parts.map((part) => asNode(builder, part));
  return [{ value: affine(builder, shape, operands, (j) => sum([structure(j)])) }];
};
