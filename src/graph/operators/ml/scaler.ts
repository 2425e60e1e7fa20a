// Scaler: (x - offset) * scale.

import { at } from "../../../lib/element.ts";
import { only } from "../../attributes.ts";
import { affine } from "../../builder.ts";
import type { Operator } from "../../operator.ts";
import { refused } from "../../operator.ts";
import { features } from "./features.ts";
import { checkLength, numbers } from "./numbers.ts";

/** One scale and offset a feature, or one for all of them. */
export const scaler: Operator = (context) => {
  only(context, ["offset", "scale"]);
  const { builder } = context;
  const { value, width } = features(context);
  const scale = numbers(context, "scale");
  const offset = numbers(context, "offset");
  if (scale.length === 0) throw refused(context, "no scale");
  checkLength(context, "offset", offset, scale.length);
  if (scale.length !== 1) checkLength(context, "scale", scale, width);

  const weightKey = builder.keys(scale.length);
  const biasKey = builder.keys(scale.length);
  const scaled = affine(builder, value.shape, [value], (source) => {
    const own = scale.length === 1 ? 0 : source;
    const weight = at(scale, own);
    return {
      terms: [{ source, weight, key: weightKey + own }],
      bias: -at(offset, own) * weight,
      biasKey: biasKey + own,
    };
  });
  return [{ value: scaled }];
};
