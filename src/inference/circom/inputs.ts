// A program's inputs: as signals, and as its first steps.

import { at } from "../../lib/element.ts";
import { type Program, type StepId, stepAt } from "../../program/program.ts";
import type { Layout } from "../layout.ts";
import type { Use } from "./includes.ts";
import type { InputStep } from "./step.ts";
import { loop, signal, table } from "./text.ts";

export const hasParameters = ({ parameters: { weights, biases } }: Program): boolean => weights + biases > 0;

/** What an entry takes. */
export function inputSignals(program: Program, { visibilities }: Layout): readonly string[] {
  const { weights, biases } = program.parameters;
  return [
    "signal input challenge; // public",
    "signal input context;",
    ...program.inputs.flatMap(({ step, bits }, i) => [
      `signal input x${i}[${stepAt(program, step).size}]; // ${at(visibilities, i)}, ${[...new Set(bits)].join(", ")} bits`,
      ...(visibilities[i] === "hashed" ? [`signal input salt${i};`] : []),
    ]),
    ...(hasParameters(program)
      ? [`signal input weight[${weights}];`, `signal input bias[${biases}];`, "signal input parameterSalt;"]
      : []),
  ];
}

/** An input's elements as they are given. */
export function givenInput(program: Program, id: StepId): readonly string[] {
  const index = program.inputs.findIndex((input) => input.step === id);
  return [`signal ${signal(id)}[${stepAt(program, id).size}] <== x${index};`];
}

/** The same, and that they are integers of the program's widths. */
export function checkedInput(program: Program, id: StepId, step: InputStep, use: Use): readonly string[] {
  const out = signal(id);
  const { size } = stepAt(program, id);
  const [bits] = step.bits;
  const copy = givenInput(program, id);
  if (step.bits.every((one) => one === bits)) return [...copy, `${use("InRange")}(${size}, ${bits})(${out});`];
  return [...copy, ...table(`bits${id}`, step.bits), ...loop(size, `${use("InRange")}(1, bits${id}[j])([${out}[j]]);`)];
}
