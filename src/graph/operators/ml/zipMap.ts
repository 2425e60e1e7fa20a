// ZipMap: a map from labels to scores is the scores, with the labels beside them.

import { only } from "../../attributes.ts";
import { type Operator, refused } from "../../operator.ts";
import { made } from "../operands.ts";
import { checkInputs, widthOf } from "./features.ts";
import { classesOf } from "./labels.ts";
import { checkLength } from "./numbers.ts";

export const zipMap: Operator = (context) => {
  only(context, ["classlabels_int64s", "classlabels_strings"]);
  checkInputs(context, 1);
  const { value, meaning, type = "float" } = made(context, 0);
  if (type !== "float" || meaning?.index === true) throw refused(context, "values that are no floats");
  const { labels } = classesOf(context, "classlabels_int64s");
  checkLength(context, "the list of classes", labels, widthOf(context, value));
  return [{ value, meaning: { ...meaning, labels } }];
};
