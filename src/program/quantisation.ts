// How a model's real numbers become integers: what is chosen, by whom, and what it is when nobody chose.

/** Real values of an input's integers: minimum + unit * q, q in [0, 2^bits). One number for all elements, or one each. */
export type InputQuantisation = {
  readonly bits: readonly number[];
  readonly minimum: readonly number[];
  readonly unit: readonly number[];
};

export type Quantisation = {
  /** Of every weight that is a parameter of the model, sign included. */
  readonly weightBits: number;
  /** What an activation's greatest value on the calibration rows is given; values beyond it take more, none is cut off. */
  readonly activationBits: number;
  /** Straight pieces of a sigmoid or tanh. */
  readonly curvePieces: number;
  readonly inputs: Readonly<Record<string, InputQuantisation>>;
  /** Greatest magnitude of a node's values on the calibration rows, by `layerKey`. */
  readonly ranges: Readonly<Record<string, number>>;
  /**
   * Real value of one unit of a layer's sums, by `layerKey`. Fixed where parameters are private: every version of the
   * weights has the same circuit.
   */
  readonly units: Readonly<Record<string, number>>;
};

export const DEFAULTS = { weightBits: 8, activationBits: 8, curvePieces: 32, inputBits: 8 } as const;

/** Names a node of the fused graph, whatever else has the same name. */
export function layerKey(id: number, name: string): string {
  return `${id}:${name}`;
}
