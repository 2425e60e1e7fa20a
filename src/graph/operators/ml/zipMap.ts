// ZipMap: a map from labels to scores is the scores, with the labels beside them.

import { only as onlyAttributes } from "../../attributes.ts";
import type { Operator } from "../../operator.ts";
import { only, widthOf } from "./features.ts";
import { classesOf } from "./labels.ts";
import { checkLength } from "./numbers.ts";

export const zipMap: Operator = (context) => {
  onlyAttributes(context, ["classlabels_int64s", "classlabels_strings"]);
  const { value, meaning } = only(context);
  const { labels } = classesOf(context, "classlabels_int64s");
  checkLength(context, "the list of classes", labels, widthOf(context, value));
  return [{ value, meaning: { ...meaning, labels } }];
};
