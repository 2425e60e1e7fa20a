// The steps of a program as the body of one template, or, where its witness generator would be too large a function, of
// templates for slices of their rows.
//
// Nothing is loosened by the cut. A part's inputs are whole arrays that are connected with <==, so each is constrained to
// equal the signal that the same lines read where they stand in the body; what it computes is connected back in the same way.
// The lines of a part are those of the body (`stepLines`): they hint nothing, and constrain every signal that they declare.
// What of an input a part does not read is equal to the source's element too, which is pinned where it comes from.
// All these connections are linear, and go in the compiler's simplification: as many constraints stay as without parts.

import { at } from "../../lib/element.ts";
import { type Program, type StepId, sourcesOf, stepAt } from "../../program/program.ts";
import type { Use } from "./includes.ts";
import { type Slice, slicesOf } from "./slice.ts";
import { type ComputedStep, type InputStep, stepLines } from "./step.ts";
import { comment, loop, signal, template } from "./text.ts";
import { isSliced, wiresOf } from "./wires.ts";

export type PartOptions = {
  /** In one template: a body of more is made of parts. */
  readonly mostWires: number;
  readonly use: Use;
};

export type Steps = { readonly templates: readonly string[]; readonly body: readonly string[] };

/** Every step in order; what becomes of an input is the caller's. */
export function stepsOf(
  program: Program,
  options: PartOptions,
  inputLines: (id: StepId, step: InputStep) => readonly string[],
): Steps {
  const wires = program.steps.map(({ step, size }) => wiresOf(step, size));
  const isWhole = sum(wires.map(sum)) <= options.mostWires;
  const templates: string[] = [];
  const body = program.steps.flatMap(({ name, step, size }, id) => {
    const lines = (): readonly string[] => {
      if (step.kind === "input") return inputLines(id, step);
      const inBody = isWhole || !isSliced(step) || sourcesOf(step).length === 0;
      if (inBody) return stepLines(program, id, step, { from: 0, to: size }, options.use);
      const terms = step.kind === "affine" ? rowLengths(step.starts) : undefined;
      const parts = slicesOf(at(wires, id), options.mostWires, terms);
      const names = parts.map((_, n) => `Step${id}Part${n}`);
      templates.push(
        ...parts.map((slice, n) => partOf(program, id, step, slice, { name: at(names, n), use: options.use })),
      );
      return wiring(program, id, step, parts, names);
    };
    return ["", comment(step.kind, name), ...lines()];
  });
  return { templates, body };
}

type PartName = { readonly name: string; readonly use: Use };

function partOf(program: Program, id: StepId, step: ComputedStep, slice: Slice, { name, use }: PartName): string {
  const lines = stepLines(program, id, step, slice, use);
  return template(name, [
    ...inputsOf(program, step).map((input) => `signal input ${input.name}[${input.size}];`),
    `signal output out[${slice.to - slice.from}];`,
    "",
    ...lines,
    `out <== ${signal(id)};`,
  ]);
}

/** Arrays that a part takes, in the order in which it is given them. */
function inputsOf(program: Program, step: ComputedStep): readonly { readonly name: string; readonly size: number }[] {
  const { weights, biases } = program.parameters;
  const reads = (parameters: Int32Array | undefined): boolean => parameters?.some((index) => index >= 0) ?? false;
  return [
    ...[...new Set(sourcesOf(step))].map((source) => ({ name: signal(source), size: stepAt(program, source).size })),
    ...(step.kind === "affine" && reads(step.weightParameters) ? [{ name: "weight", size: weights }] : []),
    ...(step.kind === "affine" && reads(step.biasParameters) ? [{ name: "bias", size: biases }] : []),
  ];
}

/** Each part's output, then the step's own array: their elements end to end, pieces of one sum added up. */
function wiring(
  program: Program,
  id: StepId,
  step: ComputedStep,
  parts: readonly Slice[],
  names: readonly string[],
): readonly string[] {
  const given = inputsOf(program, step)
    .map(({ name }) => name)
    .join(", ");
  const out = signal(id);
  const calls = parts.map(({ from, to }, n) => `signal ${out}_${n}[${to - from}] <== ${at(names, n)}()(${given});`);
  const copies = [...Map.groupBy(parts.keys(), (n) => at(parts, n).from)].flatMap(([from, group]) => {
    const { to } = at(parts, at(group, 0));
    return loop(to - from, `${out}[${from} + j] <== ${group.map((n) => `${out}_${n}[j]`).join(" + ")};`);
  });
  return [...calls, `signal ${out}[${stepAt(program, id).size}];`, ...copies];
}

const rowLengths = (starts: Int32Array): readonly number[] =>
  Array.from(starts.subarray(1), (end, row) => end - at(starts, row));

const sum = (counts: readonly number[]): number => counts.reduce((total, one) => total + one, 0);
