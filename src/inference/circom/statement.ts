// The statement of an inference: docs/protocol.md, section 8.

import type { Field } from "../../lib/field.ts";
import { type Program, stepAt, strideOf } from "../../program/program.ts";
import { type Layout, wordCount } from "../layout.ts";
import type { Use } from "./includes.ts";
import { hasParameters } from "./inputs.ts";
import { loop, signal } from "./text.ts";

/** Elements of the statement, in its order, and the lines that make them. */
type Elements = { readonly lines: readonly string[]; readonly elements: readonly string[] };

/** `identity`: of the program. First stands it, or the commitment to it and to private parameters. */
export function statementLines(
  program: Program,
  { layout, identity, use }: { readonly layout: Layout; readonly identity: Field; readonly use: Use },
): readonly string[] {
  const all = [
    hasParameters(program) ? commitment(program, identity, use) : { lines: [], elements: [identity.toString()] },
    { lines: [], elements: ["context"] },
    ...program.inputs.map((_, i) => inputElements(program, i, layout, use)),
    outputElements(program, layout, use),
  ];
  const elements = all.flatMap((one) => one.elements);
  return [
    ...all.flatMap(({ lines }) => lines),
    `(commitment, evaluation) <== Statement(${elements.length})([${elements.join(", ")}], challenge);`,
  ];
}

function commitment({ parameters }: Program, identity: Field, use: Use): Elements {
  const { weights, biases, weightBits, biasBits } = parameters;
  const sizes = [identity, weights, weightBits, biases, biasBits].join(", ");
  const call = `${use("Parameters")}(${sizes})(parameterSalt, weight, bias)`;
  return { lines: [`signal model <== ${call};`], elements: ["model"] };
}

function inputElements(program: Program, i: number, { visibilities }: Layout, use: Use): Elements {
  const input = program.inputs[i];
  if (input === undefined) throw new RangeError(`got input ${i}, want one of ${program.inputs.length}`);
  const { size } = stepAt(program, input.step);
  const bits = strideOf(input);
  switch (visibilities[i]) {
    case "hashed": {
      use("inferenceTags");
      const call = `${use("Committed")}(TAG_INPUT(), ${size}, ${bits})(salt${i}, x${i})`;
      return { lines: [`signal hash${i} <== ${call};`], elements: [`hash${i}`] };
    }
    case "public": {
      const words = wordCount(size, bits);
      const line = `signal words${i}[${words}] <== ${use("Packed")}(${size}, ${bits})(x${i});`;
      return { lines: [line], elements: indexed(`words${i}`, words) };
    }
    default:
      return { lines: [], elements: [] };
  }
}

function outputElements(program: Program, { outputStride: stride, outputWords }: Layout, use: Use): Elements {
  const sizes = program.outputs.map(({ step }) => stepAt(program, step).size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const lines = [`signal y[${total}]; // outputs, moved up by half their range`];
  let from = 0;
  for (const { step } of program.outputs) {
    const { size } = stepAt(program, step);
    lines.push(...loop(size, `y[${from} + j] <== ${signal(step)}[j] + ${2 ** (stride - 1)};`));
    from += size;
  }
  lines.push(`signal words[${outputWords}] <== ${use("Packed")}(${total}, ${stride})(y);`);
  return { lines, elements: indexed("words", outputWords) };
}

const indexed = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${name}[${i}]`);
