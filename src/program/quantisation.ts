// How a model's real numbers become integers: what is chosen, by whom, and what it is when nobody chose.

import { AssayError } from "../lib/errors.ts";

/** Real values of an input's integers: minimum + unit * q, q in [0, 2^bits). One number for all elements, or one each. */
export type InputQuantisation = {
  readonly bits: readonly number[];
  readonly minimum: readonly number[];
  readonly unit: readonly number[];
};

export type Quantisation = {
  /** Of every weight that is a parameter of the model, sign included. */
  readonly weightBits: number;
  /**
   * Of every private bias, sign included: added to sums of many products, a bias needs their width. What the biases of a first
   * version need and a bit more, where it is left out.
   */
  readonly biasBits?: number | undefined;
  /** Bits that units and widths of a first version leave to private parameters of later ones, each twice as large; 0 where left out. */
  readonly headroom?: number | undefined;
  /** What an activation's greatest value on the calibration rows is given; values beyond it take more, none is cut off. */
  readonly activationBits: number;
  /** Straight pieces of a sigmoid or tanh. */
  readonly curvePieces: number;
  readonly inputs: Readonly<Record<string, InputQuantisation>>;
  /** Greatest magnitude of a node's values on the calibration rows, by `layerKeys`. */
  readonly ranges: Readonly<Record<string, number>>;
  /**
   * Real value of one unit of a layer's sums, by `layerKeys`. Fixed where parameters are private: every version of the
   * weights has the same circuit.
   */
  readonly units: Readonly<Record<string, number>>;
};

export const DEFAULTS = { weightBits: 8, activationBits: 8, curvePieces: 32, inputBits: 8 } as const;

/** Throws `model.quantisation` for an input that has none, or lists that are neither of one entry nor of one an element. */
export function inputQuantisation({ inputs }: Quantisation, name: string, size: number): InputQuantisation {
  const found = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  if (found === undefined) throw noQuantisation(name, Object.keys(inputs));
  for (const list of ["bits", "minimum", "unit"] as const) {
    const { length } = found[list];
    if (length !== 1 && length !== size) throw badLength(name, list, length, size);
  }
  return found;
}

/** Throws `model.quantisation` for a range that is of no layer of these: the job is another model's, or another version's. */
export function requireRangesOf(layers: ReadonlySet<string>, { ranges }: Quantisation): void {
  const strange = Object.keys(ranges).filter((key) => !layers.has(key));
  if (strange.length > 0) throw otherLayers("ranges", strange);
}

/**
 * The same for units, of which there is none or one for each layer: a layer that took another one would have another circuit.
 */
export function requireUnitsOf(layers: ReadonlySet<string>, { units }: Quantisation): void {
  const given = Object.keys(units);
  if (given.length === 0) return;
  const strange = [
    ...given.filter((key) => !layers.has(key)),
    ...[...layers].filter((key) => !Object.hasOwn(units, key)),
  ];
  if (strange.length > 0) throw otherLayers("units", strange);
}

function noQuantisation(name: string, known: readonly string[]): AssayError {
  const there = known.length > 0 ? `; there is one for ${known.join(", ")}` : "";
  return bad(`got no quantisation for input ${name}, want bits, minimum and unit for each input${there}`);
}

function badLength(name: string, list: string, got: number, size: number): AssayError {
  return bad(`got ${got} entries of ${list} for input ${name}, want 1 or ${size}, one for each element`);
}

function otherLayers(what: string, layers: readonly string[]): AssayError {
  const named = layers.slice(0, 5).join(", ");
  return bad(
    `got ${what} that differ from the model's layers in ${named}, want those of this model: calibrate it again`,
  );
}

function bad(message: string): AssayError {
  return new AssayError("model.quantisation", message, { disposition: "reject" });
}
