// ArrayFeatureExtractor: some of the last axis's elements; or of a list of classes the one that an index names.

import { at } from "../../../lib/element.ts";
import { only } from "../../attributes.ts";
import { rearranged, type Value } from "../../builder.ts";
import { sizeOf } from "../../graph.ts";
import { badShape, type Context, type Made, type Operator, refused } from "../../operator.ts";
import { made, typeOf } from "../operands.ts";
import { checkInputs } from "./features.ts";

export const arrayFeatureExtractor: Operator = (context) => {
  only(context, []);
  checkInputs(context, 2);
  const [data, indices] = [made(context, 0), made(context, 1)];
  const type = typeOf(indices);
  if (type !== "int64") throw refused(context, `indices of type ${type}, want int64`);
  if (data.value.shape.length === 0) throw badShape(context, "its data of rank 0, want 1 at least");
  return [indices.value.kind === "constant" ? chosen(context, data, indices.value) : named(context, data, indices)];
};

function chosen(context: Context, data: Made, indices: Extract<Value, { kind: "constant" }>): Made {
  const { shape } = data.value;
  const width = at(shape, shape.length - 1);
  const count = sizeOf(indices.shape);
  const wrong = indices.data.find((index) => !(Number.isInteger(index) && index >= 0 && index < width));
  if (wrong !== undefined || count === 0) throw badShape(context, `its index ${wrong}, want one of ${width}`);
  const { link, index } = data.meaning ?? {};
  if (index === true) throw refused(context, "a part of labels");
  if (link !== undefined && link !== "sigmoid") throw refused(context, `a part of what a ${link} is over`);

  const picked = shape.length === 1 ? [1, count] : [...shape.slice(0, -1), count];
  const value = rearranged(context.builder, data.value, picked, (j) => {
    return Math.floor(j / count) * width + at(indices.data, j % count);
  });
  return { ...data, value, meaning: link === undefined ? undefined : { link } };
}

/** The classes' own numbers become the index's labels: scikit-learn's converters end so. */
function named(context: Context, data: Made, indices: Made): Made {
  const classes = data.value;
  const isPosition = indices.meaning?.labels?.every((text, position) => text === `${position}`) ?? true;
  if (indices.meaning?.index !== true || !isPosition)
    throw refused(context, "indices that are computed, not found by ArgMax");
  if (classes.kind !== "constant") throw refused(context, "an index into what is no constant");
  const width = at(classes.shape, classes.shape.length - 1);
  if (width !== classes.data.length) throw badShape(context, `its classes of shape [${classes.shape}], want one row`);
  if (sizeOf(indices.value.shape) !== 1) throw badShape(context, `indices of shape [${indices.value.shape}], want one`);
  const value = { ...indices.value, shape: [1, 1] };
  return { value, meaning: { index: true, labels: Array.from(classes.data, String) }, type: typeOf(data) };
}
