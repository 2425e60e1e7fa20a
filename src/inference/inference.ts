// One inference: integers in, the statement that a proof is verified against, and what the circuit is given.

import { AbiCoder, keccak256 } from "ethers";
import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { type Field, fits, low248, parse, reduce } from "../lib/field.ts";
import { outputs as outputsOf } from "../program/evaluate.ts";
import { type ParameterValues, type Program, strideOf } from "../program/program.ts";
import type { CircuitInput } from "../prove/prover.ts";
import { digest } from "../statement/digest.ts";
import * as Statement from "../statement/statement.ts";
import { TAGS } from "../statement/tags.ts";
import type { CompiledModel } from "./compiledModel.ts";
import { WORD_BITS } from "./layout.ts";

/** What a proof is bound to, so that it cannot be taken or used twice. */
export type Binding = {
  readonly chainId: bigint;
  /** Addresses, 0x-prefixed. */
  readonly gate: string;
  readonly consumer: string;
  readonly caller: string;
  readonly nonce: bigint;
};

/** Blinds what could be guessed. Field elements, drawn at random and kept. */
export type Salts = {
  /** By input name, for inputs that are hashed. */
  readonly inputs: ReadonlyMap<string, Field>;
  /** For private parameters. */
  readonly parameters?: Field | undefined;
};

export const NO_SALTS: Salts = { inputs: new Map() };

export type Inference = {
  /** Integers of each output of the program. */
  readonly outputs: readonly Float64Array[];
  /** [model, context, input elements, output words]. */
  readonly vector: readonly Field[];
  readonly statement: Statement.Statement;
  readonly circuitInput: CircuitInput;
};

/** Low 248 bits of keccak256(abi.encode(chainId, gate, consumer, caller, nonce)). Mirrors InferenceGate.contextOf. */
export function contextOf({ chainId, gate, consumer, caller, nonce }: Binding): Field {
  const types = ["uint256", "address", "address", "address", "uint256"];
  return low248(BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(types, [chainId, gate, consumer, caller, nonce]))));
}

/** Throws `model.input` for integers out of range, `model.salt` for a salt that is missing. */
export function infer(
  compiled: CompiledModel,
  inputs: ReadonlyMap<string, ArrayLike<number>>,
  context: Field,
  salts: Salts = NO_SALTS,
): Inference {
  const { program, layout, parameters } = compiled;
  const outputs = outputsOf(program, inputs, parameters);
  const elements = program.inputs.flatMap((input, i): readonly Field[] => {
    const { name } = input;
    const bits = strideOf(input);
    const list = bigints(inputs.get(name) ?? []);
    const visibility = at(layout.visibilities, i);
    if (visibility === "private") return [];
    return visibility === "hashed" ? [inputHash(list, bits, saltOf(salts, name))] : packed(list, bits);
  });
  const half = 1n << BigInt(layout.outputStride - 1);
  const words = packed(
    outputs.flatMap((list) => bigints(list).map((q) => q + half)),
    layout.outputStride,
  );
  const vector = [modelOf(compiled, salts), context, ...elements, ...words];
  const statement = Statement.of(vector);
  const circuitInput: CircuitInput = {
    challenge: statement.challenge,
    context,
    ...Object.fromEntries(program.inputs.map(({ name }, i) => [`x${i}`, bigints(inputs.get(name) ?? [])])),
    ...Object.fromEntries(
      program.inputs.flatMap(({ name }, i) =>
        layout.visibilities[i] === "hashed" ? [[`salt${i}`, saltOf(salts, name)]] : [],
      ),
    ),
    ...(compiled.model === undefined ? parameterSignals(parameters, salts) : {}),
  };
  return { outputs, vector, statement, circuitInput };
}

/** First element of the statement: of a model with private parameters, the commitment to them. */
export function modelOf(compiled: CompiledModel, salts: Salts): Field {
  return compiled.model ?? commitment(compiled, parameterSalt(salts));
}

type Committed = Pick<CompiledModel, "identity" | "parameters"> & { readonly program: Pick<Program, "parameters"> };

/** digest(parameters, [identity, salt, packed weights, packed biases]). Mirrors circuits/inference/Parameters.circom. */
export function commitment({ identity, program, parameters }: Committed, salt: Field): Field {
  const moved = (list: readonly number[], bits: number): readonly bigint[] =>
    bigints(list).map((value) => value + (1n << BigInt(bits - 1)));
  const { weightBits, biasBits } = program.parameters;
  return digest(TAGS.parameters, [
    identity,
    salt,
    ...packed(moved(parameters.weights, weightBits), weightBits),
    ...packed(moved(parameters.biases, biasBits), biasBits),
  ]);
}

/** digest(input, [salt, packed elements]). Mirrors circuits/inference/Committed.circom. */
export function inputHash(elements: readonly bigint[], bits: number, salt: Field): Field {
  return digest(TAGS.input, [salt, ...packed(elements, bits)]);
}

/**
 * floor(248 / bits) elements to a word, low first. Mirrors circuits/inference/Packed.circom. Throws RangeError for an element
 * that is not in [0, 2^bits): it would be another list's words.
 */
export function packed(elements: readonly bigint[], bits: number): readonly Field[] {
  const perWord = Math.floor(WORD_BITS / bits);
  const wide = elements.find((element) => !fits(element, bits));
  if (wide !== undefined) throw new RangeError(`got ${wide}, want an integer of ${bits} bits`);
  return Array.from({ length: Math.ceil(elements.length / perWord) }, (_, w) =>
    parse(
      elements
        .slice(w * perWord, (w + 1) * perWord)
        .reduceRight((word, element) => (word << BigInt(bits)) + element, 0n),
    ),
  );
}

function parameterSignals({ weights, biases }: ParameterValues, salts: Salts): CircuitInput {
  return {
    weight: bigints(weights).map(reduce),
    bias: bigints(biases).map(reduce),
    parameterSalt: parameterSalt(salts),
  };
}

function bigints(list: ArrayLike<number>): readonly bigint[] {
  return Array.from(list, BigInt);
}

function saltOf({ inputs }: Salts, name: string): Field {
  const salt = inputs.get(name);
  if (salt === undefined) throw noSalt(`input ${name}, which is hashed`);
  return salt;
}

function parameterSalt({ parameters }: Salts): Field {
  if (parameters === undefined) throw noSalt("the parameters, which are private");
  return parameters;
}

function noSalt(what: string): AssayError {
  const hint = "`assay model salts` draws them into a new file, which --secrets names";
  return new AssayError(
    "model.salt",
    `got no salt for ${what}, want one: what can be guessed is found by trying\n${hint}`,
    { disposition: "reject" },
  );
}
