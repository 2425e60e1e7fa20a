// Writes .onnx files for tests, such as onnxruntime runs: `encode({ inputs, outputs, nodes, ... })`.
//
//   const bytes = encode({
//     inputs: [{ name: "x", type: "float", shape: [1, 4] }],
//     outputs: [{ name: "y", type: "float", shape: [1, 2] }],
//     initializers: { w: floatTensor([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]) },
//     nodes: [{ operator: "Gemm", inputs: ["x", "w"], outputs: ["y"], attributes: { alpha: float(0.5) } }],
//   });
//
// An OnnxModel is a ModelLiteral: encode(read(bytes)) is the same model again.

import type { ElementType } from "../../../src/onnx/model.ts";
import { bytes, concat, float, int, packedInts, text } from "./fields.ts";
import { elementCode, rawData } from "./rawData.ts";

export type TensorLiteral = {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
};

export type AttributeLiteral =
  | { readonly kind: "float" | "int"; readonly value: number }
  | { readonly kind: "floats" | "ints"; readonly value: ArrayLike<number> }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: TensorLiteral }
  /** A subgraph without anything in it, whatever the value says. */
  | { readonly kind: "other"; readonly value: string };

export type NodeLiteral = {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Named<AttributeLiteral>;
};

export type ValueLiteral = {
  readonly name: string;
  /** None, or "maps" for ZipMap's sequence of maps from int64 to float. */
  readonly type?: ElementType | "maps" | undefined;
  /** A dimension by number, by parameter, or unknown. */
  readonly shape?: readonly (number | string | undefined)[] | undefined;
};

export type ModelLiteral = {
  readonly nodes: readonly NodeLiteral[];
  readonly inputs: readonly ValueLiteral[];
  readonly outputs: readonly ValueLiteral[];
  readonly initializers?: Named<TensorLiteral>;
  /** Version by domain; 17 of ai.onnx and 3 of ai.onnx.ml where nothing is said. */
  readonly opsets?: Named<number>;
  readonly producer?: string;
  readonly irVersion?: number;
};

type Named<T> = ReadonlyMap<string, T> | Readonly<Record<string, T>>;

export function encode(model: ModelLiteral): Uint8Array {
  const opsets = entries(model.opsets ?? { "": 17, "ai.onnx.ml": 3 });
  return concat(
    int(1, model.irVersion ?? 8),
    text(2, model.producer ?? "assay tests"),
    bytes(7, graph(model)),
    opsets.map(([domain, version]) => bytes(8, text(1, domain), int(2, version))),
  );
}

/** The GraphProto alone. */
export function graph({ nodes, inputs, outputs, initializers = {} }: ModelLiteral): Uint8Array {
  return concat(
    nodes.map((literal) => bytes(1, node(literal))),
    text(2, "graph"),
    entries(initializers).map(([name, literal]) => bytes(5, tensor(literal, name))),
    inputs.map((literal) => bytes(11, value(literal))),
    outputs.map((literal) => bytes(12, value(literal))),
  );
}

/** A NodeProto. */
export function node({ operator, inputs, outputs, name, domain, attributes = {} }: NodeLiteral): Uint8Array {
  return concat(
    inputs.map((input) => text(1, input)),
    outputs.map((output) => text(2, output)),
    name === undefined ? [] : text(3, name),
    text(4, operator),
    entries(attributes).map(([key, literal]) => bytes(5, attribute(key, literal))),
    domain === undefined ? [] : text(7, domain),
  );
}

/** A TensorProto with raw data. */
export function tensor({ type, shape, data }: TensorLiteral, name = ""): Uint8Array {
  return concat(packedInts(1, shape), int(2, elementCode(type)), text(8, name), bytes(9, rawData(type, data)));
}

/** A ValueInfoProto. */
export function value({ name, type, shape }: ValueLiteral): Uint8Array {
  if (type === undefined) return text(1, name);
  if (type === "maps") {
    const scores = bytes(1, int(1, elementCode("float")), bytes(2));
    const map = bytes(5, int(1, elementCode("int64")), bytes(2, scores));
    return concat(text(1, name), bytes(2, bytes(4, bytes(1, map))));
  }
  const dimension = (length: number | string | undefined): Uint8Array =>
    length === undefined ? bytes(1) : bytes(1, typeof length === "number" ? int(1, length) : text(2, length));
  const shapeField = shape === undefined ? [] : bytes(2, shape.map(dimension));
  return concat(text(1, name), bytes(2, bytes(1, int(1, elementCode(type)), shapeField)));
}

/** An AttributeProto, its repeated numbers one by one as most exporters write them. */
export function attribute(name: string, { kind, value }: AttributeLiteral): Uint8Array {
  switch (kind) {
    case "float":
      return concat(text(1, name), float(2, value), int(20, 1));
    case "int":
      return concat(text(1, name), int(3, value), int(20, 2));
    case "string":
      return concat(text(1, name), text(4, value), int(20, 3));
    case "tensor":
      return concat(text(1, name), bytes(5, tensor(value)), int(20, 4));
    case "other":
      return concat(text(1, name), bytes(6), int(20, 5));
    case "floats":
      return concat(
        text(1, name),
        Array.from(value, (each) => float(7, each)),
        int(20, 6),
      );
    case "ints":
      return concat(
        text(1, name),
        Array.from(value, (each) => int(8, each)),
        int(20, 7),
      );
    case "strings":
      return concat(
        text(1, name),
        value.map((each) => text(9, each)),
        int(20, 8),
      );
  }
}

function entries<T>(named: Named<T>): readonly (readonly [string, T])[] {
  return named instanceof Map ? [...named] : Object.entries(named);
}
