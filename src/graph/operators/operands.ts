// What an operator asks its inputs for. Scores that stand for probabilities and labels are no numbers to calculate with.

import type { ElementType } from "../../onnx/model.ts";
import type { Value } from "../builder.ts";
import { badShape, type Context, type Made, refused } from "../operator.ts";

export type Constant = Extract<Value, { kind: "constant" }>;

export function given(context: Context, index: number): boolean {
  return context.inputs[index] !== undefined;
}

/** Whatever it means: for operators that change nothing about it. */
export function made(context: Context, index: number): Made {
  const found = context.inputs[index];
  if (found === undefined) throw refused(context, `input ${index} is left out`);
  return found;
}

/** As numbers that are what the file says they are. */
export function operand(context: Context, index: number): Value {
  const { value, meaning } = made(context, index);
  if (meaning?.link !== undefined) {
    throw refused(context, `input ${index} is a ${meaning.link}, which is supported only where it is an output`);
  }
  if (meaning?.labels !== undefined) throw refused(context, `input ${index} is a label, want numbers`);
  return value;
}

/**
 * As numbers to add and multiply. Refused are types that wrap around where a circuit does not: int32 too, unless all of it
 * is known by now, and integers beyond 2^32, of which a double may not hold the sums.
 */
export function numeric(context: Context, index: number): Value {
  const type = typeOf(made(context, index));
  const value = operand(context, index);
  const wraps = ["uint8", "int8", "bool", "string"].includes(type) || (type === "int32" && isComputed(context));
  if (wraps) throw refused(context, `arithmetic on ${type}`);
  const isLarge =
    value.kind === "constant" && !isFloat(type) && value.data.some((number) => Math.abs(number) > 2 ** 32);
  if (isLarge) throw refused(context, `arithmetic on an ${type} beyond 2^32`);
  return value;
}

function isComputed({ inputs }: Context): boolean {
  return inputs.some((input) => input?.value.kind === "node");
}

/** As numbers to compare: all types but the few without an order. */
export function ordered(context: Context, index: number): Value {
  const type = typeOf(made(context, index));
  if (type === "bool" || type === "string") throw refused(context, `an order of ${type}`);
  return operand(context, index);
}

/** Throws for inputs that came with later opsets: one that is not looked at may mean anything. */
export function inputsAtMost(context: Context, count: number): void {
  if (context.inputs.length <= count) return;
  throw badShape(context, `got ${context.inputs.length} inputs, want at most ${count} in opset ${context.opset}`);
}

/** `what` names it in the refusal. */
export function constantOperand(context: Context, index: number, what: string): Constant {
  const value = operand(context, index);
  if (value.kind === "node") throw refused(context, `${what} that is computed from the input`);
  return value;
}

/** More than any shape has, or any file outputs. */
const MOST_INTEGERS = 1 << 16;

export function integers(context: Context, index: number, what: string): Float64Array {
  const { data, shape } = constantOperand(context, index, what);
  const type = typeOf(made(context, index));
  if (type !== "int64" && type !== "int32") throw refused(context, `${what} of type ${type}, want integers`);
  if (shape.length > 1) throw badShape(context, `${what} of rank ${shape.length}, want a list`);
  if (data.length > MOST_INTEGERS) throw badShape(context, `${what} of ${data.length}, want at most ${MOST_INTEGERS}`);
  if (!data.every(Number.isInteger)) throw refused(context, `${what} that is no integer`);
  return data;
}

/** Undefined where the input is left out. */
export function scalar(context: Context, index: number, what: string): number | undefined {
  if (!given(context, index)) return undefined;
  const { data } = constantOperand(context, index, what);
  if (data.length !== 1) throw badShape(context, `${what} of ${data.length} elements, want 1`);
  return data[0];
}

export function typeOf({ type, meaning }: Made): ElementType {
  return type ?? (meaning?.index === true ? "int64" : "float");
}

export function isFloat(type: ElementType): boolean {
  return type === "float" || type === "double" || type === "float16";
}

/** Throws unless all inputs are of one type, as ONNX has it: nothing is converted on the way. */
export function sameTypes(context: Context): void {
  const types = new Set(context.inputs.flatMap((input) => (input === undefined ? [] : [typeOf(input)])));
  if (types.size > 1) throw badShape(context, `got types ${[...types].join(" and ")}, want one`);
}

/** A result of the type of the first input (or that of another). */
export function like(context: Context, value: Value, index = 0): readonly Made[] {
  return [{ value, type: typeOf(made(context, index)) }];
}

/** Throws unless it is of one of the float types: integers would be divided and rounded. */
export function floating(context: Context, index: number): Value {
  const type = typeOf(made(context, index));
  if (!isFloat(type)) throw refused(context, `input ${index} of type ${type}, want a float type`);
  return operand(context, index);
}
