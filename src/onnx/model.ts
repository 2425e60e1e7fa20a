// An .onnx file as plain values: what is left of it once everything that could surprise has been refused.

/**
 * Element types as ONNX names them. Values are numbers whatever the type: integers beyond 2^53 are refused, but for the
 * largest and the smallest of 64 bits, "to the end" for exporters, which are 2^63 and -2^63 here.
 */
export type ElementType = "float" | "double" | "float16" | "int64" | "int32" | "int8" | "uint8" | "bool" | "string";

export type Tensor = {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Row-major, as many as the shape says, all finite. */
  readonly data: Float64Array;
};

export type Attribute =
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "floats"; readonly value: Float64Array }
  | { readonly kind: "ints"; readonly value: Float64Array }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: Tensor }
  /** Subgraphs, sparse tensors and whatever else there is: kept by name, so that the operator can be refused by name. */
  | { readonly kind: "other"; readonly value: string };

export type OnnxNode = {
  /** Its own name, or `<operator>_<index>` where it has none. */
  readonly name: string;
  readonly operator: string;
  /** "" is ai.onnx. */
  readonly domain: string;
  /** "" is an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
};

export type ValueInfo = {
  readonly name: string;
  /** Undefined for what is no tensor (ZipMap's sequence of maps). */
  readonly type: ElementType | undefined;
  /** Undefined where the file says nothing; a dimension without a value is undefined too. */
  readonly shape: readonly (number | undefined)[] | undefined;
};

export type OnnxModel = {
  readonly producer: string;
  /** Version by domain; "" is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>;
  /** In an order in which every node comes after those that make its inputs. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Without those that are initializers. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
};
