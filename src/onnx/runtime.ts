// The float model, run by onnxruntime's WebAssembly build: one thread, no network, nothing but the file's own bytes.
//
// For models that the compiler takes: what onnxruntime does with a file of enormous intermediate tensors is its own affair.

import type { Tensor } from "onnxruntime-web";
import { AssayError } from "../lib/errors.ts";
import { printable } from "../lib/printable.ts";
import type { ElementType } from "./model.ts";
import { read } from "./read.ts";
import { withoutZipMap } from "./withoutZipMap.ts";

export type RuntimeInput = { readonly shape: readonly number[]; readonly data: ArrayLike<number> };

export type RuntimeOutput = {
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Empty for strings. */
  readonly data: readonly number[];
  /** Labels by name; empty for numbers. */
  readonly strings: readonly string[];
};

export type Runtime = {
  /** By name, all inputs of the file to all of its outputs; what a ZipMap would give is the tensor that it was given. */
  readonly run: (
    inputs: Readonly<Record<string, RuntimeInput>>,
    signal?: AbortSignal,
  ) => Promise<Readonly<Record<string, RuntimeOutput>>>;
  readonly close: () => Promise<void>;
};

/** Throws what `read` throws, and `model.runtime` for what onnxruntime does not take. A run is not interrupted by the signal. */
export async function createRuntime(bytes: Uint8Array, signal?: AbortSignal): Promise<Runtime> {
  const model = read(bytes);
  const rewritten = withoutZipMap(bytes, model);
  const ort = await import("onnxruntime-web"); // megabytes that most commands do without
  ort.env.wasm.numThreads = 1;
  signal?.throwIfAborted();
  const options = { executionProviders: ["wasm"], logSeverityLevel: SILENT } as const;
  const session = await ort.InferenceSession.create(rewritten.bytes, options).catch(refuse);

  async function run(
    inputs: Readonly<Record<string, RuntimeInput>>,
    aborted?: AbortSignal,
  ): Promise<Readonly<Record<string, RuntimeOutput>>> {
    aborted?.throwIfAborted();
    const feeds = model.inputs.map(({ name, type }): [string, Tensor] => {
      const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      if (input === undefined) throw runtimeError(`no input ${printable(name)}`, "every input of the model");
      return [name, toTensor(ort, type, input)];
    });
    const made = await session.run(Object.fromEntries(feeds), [...new Set(rewritten.asked.values())]).catch(refuse);
    aborted?.throwIfAborted();
    return Object.fromEntries(
      model.outputs.map(({ name }) => [name, toOutput(made[rewritten.asked.get(name) ?? ""], name)]),
    );
  }

  return { run, close: () => session.release() };
}

const SILENT = 4;

type Ort = typeof import("onnxruntime-web");
type Packed = { readonly type: Tensor.Type; readonly pack: (data: ArrayLike<number>) => Tensor.DataType };

const PACKED: Readonly<Record<Exclude<ElementType, "string">, Packed>> = {
  float: { type: "float32", pack: (data) => Float32Array.from(data) },
  double: { type: "float64", pack: (data) => Float64Array.from(data) },
  float16: { type: "float16", pack: (data) => new Uint16Array(Float16Array.from(data).buffer) },
  int64: { type: "int64", pack: (data) => BigInt64Array.from(Array.from(data, BigInt)) },
  int32: { type: "int32", pack: (data) => Int32Array.from(data) },
  int8: { type: "int8", pack: (data) => Int8Array.from(data) },
  uint8: { type: "uint8", pack: (data) => Uint8Array.from(data) },
  bool: { type: "bool", pack: (data) => Uint8Array.from(data) },
};

function toTensor({ Tensor }: Ort, type: ElementType | undefined, { shape, data }: RuntimeInput): Tensor {
  if (type === undefined || type === "string") throw runtimeError(`an input of ${type ?? "no tensor"}`, "numbers");
  const { type: name, pack } = PACKED[type];
  try {
    return new Tensor(name, pack(data), shape);
  } catch (cause) {
    return refuse(cause);
  }
}

function toOutput(made: Tensor | undefined, name: string): RuntimeOutput {
  const type = (Object.keys(PACKED) as (keyof typeof PACKED)[]).find((each) => PACKED[each].type === made?.type);
  if (made?.type === "string") {
    return { shape: made.dims, type: "string", data: [], strings: made.data as string[] }; // what that type says
  }
  if (made === undefined || type === undefined) {
    throw runtimeError(`no numbers in output ${printable(name)}`, "a tensor");
  }
  return { shape: made.dims, type, data: Array.from(made.data as ArrayLike<number | bigint>, Number), strings: [] };
}

/** Its messages hold the file's own names. */
function refuse(cause: unknown): never {
  if (cause instanceof AssayError) throw cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  throw runtimeError(printable(message, 300), "a model and inputs that onnxruntime takes", cause);
}

function runtimeError(got: string, want: string, cause?: unknown): AssayError {
  return new AssayError("model.runtime", `got ${got}, want ${want}`, { disposition: "reject", cause });
}
