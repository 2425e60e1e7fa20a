// Normalizer, where it does nothing.

import { only as onlyAttributes, string } from "../../attributes.ts";
import type { Operator } from "../../operator.ts";
import { refused } from "../../operator.ts";
import { only } from "./features.ts";

/** Dividing by the sum is nothing where the sum is 1 already; any other norm would be a division by what is not constant. */
export const normalizer: Operator = (context) => {
  onlyAttributes(context, ["norm"]);
  const norm = string(context, "norm", "MAX");
  const made = only(context);
  if (norm === "L1" && made.meaning?.normalised === true) return [made];
  throw refused(context, `norm ${norm} of values that do not sum to 1 (export the model's raw scores instead)`);
};
