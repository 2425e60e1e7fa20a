// The entry circuit of a model: each step of its program over the templates of circuits/inference, then its statement.

import { at } from "../lib/element.ts";
import type { Field } from "../lib/field.ts";
import { together } from "../program/bounds.ts";
import {
  type AffineStep,
  type PlacedStep,
  type Program,
  type Rows,
  rowsOf,
  type Step,
  type StepId,
  stepAt,
  strideOf,
} from "../program/program.ts";
import { type Layout, wordCount } from "./layout.ts";
import * as Widths from "./widths.ts";

/** `identity`: of the program. It stands first in the statement, or in the commitment to private parameters that does. */
export type EntryOptions = { readonly layout: Layout; readonly identity: Field };

/** Circom for `component main`. The same program gives the same text. */
export function renderEntry(program: Program, { layout, identity }: EntryOptions): string {
  const used = new Set<string>(["../lib/Statement.circom"]);
  const use = (template: string): string => {
    used.add(`inference/${template}.circom`);
    return template;
  };
  const body = [
    ...inputSignals(program, layout),
    ...stepsOf(program, use, (id, step) => checkedInput(program, id, step, use)),
    "",
    ...statementLines(program, { layout, identity }, use),
  ];
  const includes = [...used].map((path) => path.replace("../lib", "lib")).sort();
  return `pragma circom 2.2.2;

// Generated from a model: docs/models.md. Never edited.

${includes.map((path) => `include "${path}";`).join("\n")}

template Model() {
${body.map((line) => (line === "" ? "" : `    ${line}`)).join("\n")}
}

component main {public [challenge]} = Model();
`;
}

/** Notes that a template of circuits/inference is needed, and gives its name. */
export type Use = (template: string) => string;

type InputStep = Extract<Step, { kind: "input" }>;
type ComputedStep = Exclude<Step, InputStep>;

/** The array of a step's elements. */
export const signal = (id: StepId): string => `t${id}`;

/** Every step in order; what becomes of an input is the caller's. */
export function stepsOf(
  program: Program,
  use: Use,
  inputLines: (id: StepId, step: InputStep) => readonly string[],
): readonly string[] {
  return program.steps.flatMap((placed, id) => {
    const { step } = placed;
    const lines = step.kind === "input" ? inputLines(id, step) : stepLines(program, id, step, placed, use);
    return ["", ...comment(placed), ...lines];
  });
}

export const hasParameters = ({ parameters: { weights, biases } }: Program): boolean => weights + biases > 0;

function inputSignals(program: Program, { visibilities }: Layout): readonly string[] {
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
    "signal output commitment;",
    "signal output evaluation;",
  ];
}

/** A layer's name is the file's: nothing of it can end the comment. */
function comment({ name, step }: PlacedStep): readonly string[] {
  return [`// ${step.kind}: ${name.replaceAll(/[^A-Za-z0-9_./:-]/g, "?")}`];
}

/** An input's elements as they are given. */
export function givenInput(program: Program, id: StepId): readonly string[] {
  const index = program.inputs.findIndex((input) => input.step === id);
  return [`signal ${signal(id)}[${stepAt(program, id).size}] <== x${index};`];
}

/** The same, and that they are integers of the program's widths. */
function checkedInput(program: Program, id: StepId, step: InputStep, use: Use): readonly string[] {
  const out = signal(id);
  const { size } = stepAt(program, id);
  const [bits] = step.bits;
  const copy = givenInput(program, id);
  if (step.bits.every((one) => one === bits)) return [...copy, `${use("InRange")}(${size}, ${bits})(${out});`];
  return [...copy, ...table(`bits${id}`, step.bits), ...loop(size, `${use("InRange")}(1, bits${id}[j])([${out}[j]]);`)];
}

function stepLines(
  program: Program,
  id: StepId,
  step: ComputedStep,
  { size, bounds }: PlacedStep,
  use: Use,
): readonly string[] {
  const out = signal(id);
  switch (step.kind) {
    case "affine":
      return affineLines(program, id, step, size, use);
    case "product":
      return [
        `signal ${out}[${size}];`,
        ...loop(size, `${out}[j] <== ${signal(step.left)}[j] * ${signal(step.right)}[j];`),
      ];
    case "rectified": {
      const from = stepAt(program, step.source).bounds;
      const bits = Array.from(step.shifts, (shift, j) => Widths.rectified(from, j, shift));
      const gadget = `${use("Rectified")}(bits${id}[j], shift${id}[j])(${signal(step.source)}[j])`;
      const tables = table(`shift${id}`, step.shifts);
      return gadgetLines(id, bits, tables, gadget, { instead: "0", because: "never above 0" });
    }
    case "rescaled": {
      const from = stepAt(program, step.source).bounds;
      const bits = Array.from(step.shifts, (shift, j) => Widths.rescaled(from, j, shift));
      const gadget = `${use("Rescaled")}(bits${id}[j], shift${id}[j], low${id}[j])(${signal(step.source)}[j])`;
      const tables = [...table(`shift${id}`, step.shifts), ...table(`low${id}`, bounds.low)];
      const unchanged = { instead: `${signal(step.source)}[j]`, because: "narrow enough as it is" };
      return gadgetLines(id, bits, tables, gadget, unchanged);
    }
    case "largest": {
      const { name: source, lines } = joined(program, id, step);
      const all = together(step.sources, program);
      return [
        ...lines,
        `signal ${out}[${size}];`,
        ...rowsOf(step).flatMap((row, j) =>
          largestLines(`${out}[${j}]`, `${id}_${j}`, row, Widths.knockout(all, row), source, use),
        ),
      ];
    }
    case "indexOfLargest": {
      const { name: source, lines } = joined(program, id, step);
      const all = together(step.sources, program);
      return [
        ...lines,
        `signal ${out}[${size}];`,
        ...rowsOf(step).map((row, j) => {
          if (row.length === 1) return `${out}[${j}] <== 0; // the only one`;
          const members = row.map((k) => `${source}[${k}]`).join(", ");
          const bits = Widths.indexOfLargest(all, row);
          return `${out}[${j}] <== ${use("IndexOfLargest")}(${row.length}, ${bits})([${members}]);`;
        }),
      ];
    }
    case "thresholds": {
      const from = stepAt(program, step.source).bounds;
      const [low, high] = [at(from.low, step.element), at(from.high, step.element)];
      const bits = Widths.thresholds(low, high, step.thresholds);
      return [
        `signal ${out}[${size}] <== ${use("Thresholds")}(${size}, ${low}, ${high}, ${list(step.thresholds)}, ${bits})(${signal(step.source)}[${step.element}]);`,
      ];
    }
  }
}

/** One gadget for each element, of `bits` bits; none where that is 0. */
function gadgetLines(
  id: StepId,
  bits: readonly number[],
  tables: readonly string[],
  gadget: string,
  { instead, because }: { readonly instead: string; readonly because: string },
): readonly string[] {
  const out = `${signal(id)}[j]`;
  const lines = bits.includes(0)
    ? [
        `if (bits${id}[j] == 0) {`,
        `    ${out} <== ${instead}; // ${because}`,
        "} else {",
        `    ${out} <== ${gadget};`,
        "}",
      ]
    : [`${out} <== ${gadget};`];
  return [
    ...table(`bits${id}`, bits),
    ...tables,
    `signal ${signal(id)}[${bits.length}];`,
    ...loop(bits.length, ...lines),
  ];
}

/** Row by row: of long tables the compiler makes a copy whenever it reads an entry. */
function affineLines(program: Program, id: StepId, step: AffineStep, size: number, use: Use): readonly string[] {
  const { name: source, lines } = joined(program, id, step);
  const rows = rowsOf(step).flatMap((row, j) => {
    const first = at(step.starts, j);
    const parameters = row.map((_, i) => step.weightParameters?.[first + i] ?? -1);
    const constant = row.flatMap((k, i) => (at(parameters, i) < 0 ? [{ k, weight: at(step.weights, first + i) }] : []));
    const variable = row.flatMap((k, i) => (at(parameters, i) < 0 ? [] : [{ k, weight: at(parameters, i) }]));
    const biasParameter = step.biasParameters?.[j] ?? -1;
    const bias = at(step.bias, j);
    const total: string[] = biasParameter < 0 ? [] : [`bias[${biasParameter}]`];
    const made: string[] = [];
    const elements = (terms: readonly { readonly k: number }[]): string =>
      terms.map(({ k }) => `${source}[${k}]`).join(", ");
    if (constant.length > 0) {
      const weights = list(constant.map(({ weight }) => weight));
      const call = `${use("Sum")}(${constant.length}, ${weights}, ${bias})([${elements(constant)}])`;
      if (variable.length === 0 && total.length === 0) return [`${signal(id)}[${j}] <== ${call};`];
      made.push(`signal constant${id}_${j} <== ${call};`);
      total.push(`constant${id}_${j}`);
    } else if (biasParameter < 0) total.push(String(bias));
    if (variable.length > 0) {
      const weights = variable.map(({ weight }) => `weight[${weight}]`).join(", ");
      const call = `${use("WeightedSum")}(${variable.length})([${elements(variable)}], [${weights}])`;
      made.push(`signal variable${id}_${j} <== ${call};`);
      total.push(`variable${id}_${j}`);
    }
    return [...made, `${signal(id)}[${j}] <== ${total.join(" + ")};`];
  });
  return [...lines, `signal ${signal(id)}[${size}];`, ...rows];
}

/** A knockout of pairs: the bounds of each winner are those of both. */
function largestLines(
  out: string,
  place: string,
  row: readonly number[],
  widths: readonly number[],
  source: string,
  use: Use,
): readonly string[] {
  const lines: string[] = [];
  let best = `${source}[${at(row, 0)}]`;
  for (const [i, bits] of widths.entries()) {
    const winner = `best${place}_${i}`;
    lines.push(`signal ${winner} <== ${use("Larger")}(${bits})(${best}, ${source}[${at(row, i + 1)}]);`);
    best = winner;
  }
  return [...lines, `${out} <== ${best};`];
}

/* STATEMENT */

function statementLines(program: Program, { layout, identity }: EntryOptions, use: Use): readonly string[] {
  const elements: string[] = [];
  const lines: string[] = [];
  if (hasParameters(program)) {
    const { weights, biases, weightBits, biasBits } = program.parameters;
    const sizes = [identity, weights, weightBits, biases, biasBits].join(", ");
    lines.push(`signal model <== ${use("Parameters")}(${sizes})(parameterSalt, weight, bias);`);
    elements.push("model");
  } else elements.push(identity.toString());
  elements.push("context");
  for (const [i, input] of program.inputs.entries()) {
    const { size } = stepAt(program, input.step);
    const bits = strideOf(input);
    if (layout.visibilities[i] === "hashed") {
      use("inferenceTags");
      lines.push(`signal hash${i} <== ${use("Committed")}(TAG_INPUT(), ${size}, ${bits})(salt${i}, x${i});`);
      elements.push(`hash${i}`);
    }
    if (layout.visibilities[i] === "public") {
      const words = wordCount(size, bits);
      lines.push(`signal words${i}[${words}] <== ${use("Packed")}(${size}, ${bits})(x${i});`);
      elements.push(...Array.from({ length: words }, (_, w) => `words${i}[${w}]`));
    }
  }
  const { outputStride: stride, outputWords } = layout;
  const total = program.outputs.reduce((sum, { step }) => sum + stepAt(program, step).size, 0);
  lines.push(`signal y[${total}]; // outputs, moved up by half their range`);
  let from = 0;
  for (const { step } of program.outputs) {
    const { size } = stepAt(program, step);
    lines.push(...loop(size, `y[${from} + j] <== ${signal(step)}[j] + ${2 ** (stride - 1)};`));
    from += size;
  }
  lines.push(`signal words[${outputWords}] <== ${use("Packed")}(${total}, ${stride})(y);`);
  elements.push(...Array.from({ length: outputWords }, (_, w) => `words[${w}]`));
  lines.push(`(commitment, evaluation) <== Statement(${elements.length})([${elements.join(", ")}], challenge);`);
  return lines;
}

/* PARTS */

/** One signal array for what a step reads, and the lines that make it where it is more than one step's. */
function joined(program: Program, id: StepId, { sources }: Rows) {
  const sizes = sources.map((source) => stepAt(program, source).size);
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const [only] = sources;
  if (sources.length <= 1) return { name: only === undefined ? "" : signal(only), lines: [], size };
  const name = `in${id}`;
  const lines = [`signal ${name}[${size}];`];
  let from = 0;
  for (const [i, source] of sources.entries()) {
    lines.push(...loop(at(sizes, i), `${name}[${from} + j] <== ${signal(source)}[j];`));
    from += at(sizes, i);
  }
  return { name, lines, size };
}

function table(name: string, values: ArrayLike<number>): readonly string[] {
  return [`var ${name}[${values.length}] = ${list(values)};`];
}

/** Digits only: throws RangeError for a number that is no integer, which no program has. */
function list(values: ArrayLike<number>): string {
  return `[${Array.from(values, BigInt).join(", ")}]`;
}

function loop(count: number, ...lines: readonly string[]): readonly string[] {
  return [`for (var j = 0; j < ${count}; j++) {`, ...lines.map((line) => `    ${line}`), "}"];
}
