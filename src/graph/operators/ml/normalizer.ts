// Normalizer, where it does nothing.

import { printable } from "../../../lib/printable.ts";
import { only, string } from "../../attributes.ts";
import type { Operator } from "../../operator.ts";
import { refused } from "../../operator.ts";
import { made } from "../operands.ts";
import { checkInputs } from "./features.ts";

/** Dividing by the sum is nothing where the sum is 1 already; any other norm would be a division by what is not constant. */
export const normalizer: Operator = (context) => {
  only(context, ["norm"]);
  checkInputs(context, 1);
  const norm = string(context, "norm", "MAX");
  const input = made(context, 0);
  if (norm === "L1" && input.meaning?.normalised === true) return [input];
  throw refused(
    context,
    `norm ${printable(norm)} of values that do not sum to 1 (export the model's raw scores instead)`,
  );
};
