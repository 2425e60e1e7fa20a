// What the rest of the project knows of proving: a circuit's inputs go in, a checked Groth16 proof comes out.

export type Groth16Proof = {
  readonly a: readonly [bigint, bigint];
  /** In snarkjs' order: each coordinate is [c0, c1], meaning c0 + c1*u. Contracts want [c1, c0]: see solidityCalldata. */
  readonly b: readonly [readonly [bigint, bigint], readonly [bigint, bigint]];
  readonly c: readonly [bigint, bigint];
};

export type Proven = {
  readonly proof: Groth16Proof;
  /** In the circuit's order: outputs, then public inputs. */
  readonly publicSignals: readonly bigint[];
  /** Whole milliseconds. */
  readonly witnessMs: number;
  readonly proveMs: number;
};

export type CircuitValue = bigint | readonly CircuitValue[];

/** Every input signal of the circuit by its name. */
export type CircuitInput = Readonly<Record<string, CircuitValue>>;

export type Prover = {
  /** Calls are served one after another. Rejects at once, with the signal's reason, when the signal aborts. */
  readonly prove: (input: CircuitInput, signal?: AbortSignal) => Promise<Proven>;
  readonly close: () => Promise<void>;
};
