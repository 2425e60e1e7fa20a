// Models by chance, with every kind of attribute and tensor: right on the wire, without any meaning.

import type { Attribute, ElementType, OnnxModel, OnnxNode, Tensor } from "../../../src/onnx/model.ts";
import type { Random } from "../circuits/random.ts";

/** As `read` gives it. */
export function randomModel(random: Random): OnnxModel {
  const inputs = list(random, 1, 3, (i) => `input ${i}`);
  const initializers = new Map(list(random, 0, 4, (i) => [`weights ${i}`, randomTensor(random)] as const));
  const names = [...inputs, ...initializers.keys()];
  const nodes = list(random, 1, 8, (i) => {
    const node = randomNode(random, i, names);
    names.push(...node.outputs.filter((name) => name !== ""));
    return node;
  });
  return {
    producer: random.pick(["", "a producer", "ein Erzeuger für Tests 1.0"]),
    opsets: new Map([
      ["", 1 + random.below(22)],
      ["ai.onnx.ml", 1 + random.below(5)],
      ["com.example", 1],
    ]),
    nodes,
    initializers,
    inputs: inputs.map((name) => ({ name, type: random.pick(TYPES), shape: randomShape(random) })),
    outputs: names.slice(-1 - random.below(3)).map((name) => {
      const type = random.pick([...TYPES, undefined]);
      return { name, type, shape: type === undefined ? undefined : randomShape(random) };
    }),
  };
}

const TYPES: readonly ElementType[] = ["float", "double", "float16", "int64", "int32", "int8", "uint8", "bool"];

function randomNode(random: Random, index: number, names: readonly string[]): OnnxNode {
  const operator = random.pick(["Add", "Gemm", "Übung", "__proto__"]);
  const attributes = list(random, 0, 4, (i) => [`attribute ${i}`, randomAttribute(random)] as const);
  return {
    name: random.oneIn(3) ? `${operator}_${index}` : `node ${index}`,
    operator,
    domain: random.pick(["", "ai.onnx.ml", "com.example"]),
    inputs: list(random, 0, 3, () => (random.oneIn(5) ? "" : random.pick(names))),
    outputs: list(random, 1, 3, (i) => (random.oneIn(5) ? "" : `value ${index}.${i}`)),
    attributes: new Map(attributes),
  };
}

function randomAttribute(random: Random): Attribute {
  const kind = random.pick(["float", "int", "floats", "ints", "string", "strings", "tensor"] as const);
  switch (kind) {
    case "float":
      return { kind, value: randomNumber(random, "float") };
    case "int":
      return { kind, value: randomNumber(random, "int64") };
    case "floats":
      return { kind, value: Float64Array.from(list(random, 0, 20, () => randomNumber(random, "float"))) };
    case "ints":
      return { kind, value: Float64Array.from(list(random, 0, 20, () => randomNumber(random, "int64"))) };
    case "string":
      return { kind, value: random.pick(["", "LOGISTIC", "größer als 64 Zeichen ".repeat(5)]) };
    case "strings":
      return { kind, value: list(random, 0, 5, (i) => `label ${i}`) };
    case "tensor":
      return { kind, value: randomTensor(random) };
  }
}

function randomTensor(random: Random): Tensor {
  const type = random.pick(TYPES);
  const shape = list(random, 0, 3, () => random.below(5));
  const size = shape.reduce((product, length) => product * length, 1);
  return { type, shape, data: Float64Array.from({ length: size }, () => randomNumber(random, type)) };
}

function randomShape(random: Random): readonly (number | undefined)[] | undefined {
  return random.oneIn(6) ? undefined : list(random, 0, 4, () => (random.oneIn(3) ? undefined : random.below(1000)));
}

/** One that its type holds exactly. */
function randomNumber(random: Random, type: ElementType): number {
  const integer = (bits: number): number => Number(BigInt.asIntN(bits, random.bits(bits)));
  switch (type) {
    case "bool":
      return random.below(2);
    case "uint8":
      return random.below(256);
    case "int8":
      return integer(8);
    case "int32":
      return integer(32);
    case "int64":
      return random.oneIn(8) ? random.pick([2 ** 63, -(2 ** 63), 2 ** 53 - 1, 1 - 2 ** 53, 0, -1]) : integer(53);
    case "float16":
      return random.pick([0, 1, -1, 65504, -65504, 2 ** -14, 2 ** -24, 1023 * 2 ** -24, integer(11) / 64]);
    case "double":
      return random.oneIn(4) ? random.pick([Number.MAX_VALUE, Number.MIN_VALUE, -0]) : integer(53) / 2 ** 20;
    default:
      return random.oneIn(4) ? random.pick([2 ** 127, 2 ** -149, -0]) : integer(24) / 2 ** 10;
  }
}

function list<T>(random: Random, min: number, max: number, make: (i: number) => T): T[] {
  return Array.from({ length: min + random.below(max - min + 1) }, (_, i) => make(i));
}
