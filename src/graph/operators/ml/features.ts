// What a model of ai.onnx.ml is given: one row of features, of rank 1 or [1, width].

import { asNode, type Value } from "../../builder.ts";
import { badShape, type Context, type Made, refused } from "../../operator.ts";

export type Features = { readonly value: Value; readonly width: number };

/** The operator's only input as a node. */
export function features(context: Context): Features {
  const { value } = plain(context, only(context));
  return { value: asNode(context.builder, value), width: widthOf(context, value) };
}

export function only(context: Context): Made {
  const [made] = context.inputs;
  if (made === undefined || context.inputs.length !== 1) {
    throw badShape(context, `with ${context.inputs.length} inputs, want one`);
  }
  return made;
}

/** Refuses to calculate with what is not the number that the file calculates with: logits, or positions of labels. */
export function plain(context: Context, made: Made): Made {
  const { link, index } = made.meaning ?? {};
  if (link !== undefined) throw refused(context, `its input has a ${link} that is left to the reader`);
  if (index === true) throw refused(context, "its input is a label");
  return made;
}

/** Elements of the one row. */
export function widthOf(context: Context, { shape }: Value): number {
  const [first, second] = shape;
  if (shape.length === 1 && first !== undefined) return first;
  if (shape.length === 2 && first === 1 && second !== undefined) return second;
  throw badShape(context, `its input of shape [${shape}], want one row [1, features]`);
}
