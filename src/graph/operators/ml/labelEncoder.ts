// LabelEncoder on a label: the labels are renamed, the position stays.

import { printable } from "../../../lib/printable.ts";
import { ints, only, strings } from "../../attributes.ts";
import { type Context, type Operator, refused } from "../../operator.ts";
import { made, typeOf } from "../operands.ts";
import { checkInputs } from "./features.ts";
import { label } from "./labels.ts";
import { checkLength } from "./numbers.ts";

const KEYS = ["keys_int64s", "keys_strings"];
const VALUES = ["values_int64s", "values_strings"];
/** Of what has no key: every label must have one. */
const DEFAULTS = ["default_float", "default_int64", "default_string"];

export const labelEncoder: Operator = (context) => {
  only(context, [...KEYS, ...VALUES, ...DEFAULTS]);
  checkInputs(context, 1);
  const { value, meaning, ...rest } = made(context, 0);
  if (meaning?.index !== true || meaning.labels === undefined) throw refused(context, "its input is no label");
  const keys = texts(context, KEYS);
  const values = texts(context, VALUES);
  const keyType = strings(context, "keys_strings") === undefined ? "int64" : "string";
  const from = typeOf({ value, meaning, ...rest });
  if (from !== keyType) throw refused(context, `keys of type ${keyType} for labels of type ${from}`);
  checkLength(context, "the list of values", values, keys.length);
  const renamed = new Map(keys.map((key, k) => [key, values[k]]));
  if (renamed.size < keys.length) throw refused(context, "a key that is there twice");
  const labels = meaning.labels.map((from) => {
    const to = renamed.get(from);
    if (to === undefined) throw refused(context, `no key for the label "${printable(from)}"`);
    return to;
  });
  return [label(value, { labels, type: strings(context, "values_strings") === undefined ? "int64" : "string" })];
};

function texts(context: Context, [integers = "", names = ""]: readonly string[]): readonly string[] {
  const [numbers, named] = [ints(context, integers), strings(context, names)];
  if (numbers !== undefined && named !== undefined) throw refused(context, `both ${integers} and ${names}`);
  return named ?? Array.from(numbers ?? [], String);
}
