// A prover that proves nothing. Why a fake: a real proof takes seconds and keys, and what the attestor does with one does
// not depend on its points. Its public signals are those of a circuit of the first model
// on the same input.

import { parse } from "../../src/lib/field.ts";
import { PARAMETER_NAMES, type Parameters } from "../../src/model/hampelChart.ts";
import type { CircuitInput, Groth16Proof, Prover } from "../../src/prove/prover.ts";
import * as Round from "../../src/round/round.ts";

export type FakeProver = Prover & { readonly inputs: readonly CircuitInput[] };

export type FakeProverOptions = {
  /** A proof never comes, and only the signal ends the wait. */
  readonly hang?: boolean;
  /** What it says that it has proven, instead of the truth. */
  readonly publicSignals?: readonly bigint[];
};

/** Every coordinate differs, so that a swap shows. */
export const FAKE_PROOF: Groth16Proof = {
  a: [1n, 2n],
  b: [
    [3n, 4n],
    [5n, 6n],
  ],
  c: [7n, 8n],
};

export function createFakeProver({ hang = false, publicSignals }: FakeProverOptions = {}): FakeProver {
  const inputs: CircuitInput[] = [];
  return {
    inputs,
    close: async () => {},
    prove: async (input, signal) => {
      signal?.throwIfAborted();
      inputs.push(input);
      if (hang) {
        await new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        });
      }
      return { proof: FAKE_PROOF, publicSignals: publicSignals ?? signalsOf(input), witnessMs: 0, proveMs: 0 };
    },
  };
}

/** `Round.circuitInput` read backwards. */
function signalsOf(input: CircuitInput): readonly bigint[] {
  // `as`: every input of this fake was made by Round.circuitInput.
  const signals = input as ReturnType<typeof Round.circuitInput>;
  const parameters = Object.fromEntries(PARAMETER_NAMES.map((name, k) => [name, signals.parameters[k] ?? 0n]));
  const { statement } = Round.compute({
    configuration: {
      feedSetId: signals.feedSetId,
      capacity: { reporters: signals.signed.length, feeds: signals.level.length },
      model: "HampelChart",
      feedCount: Number(signals.feedCount),
      keys: signals.key.slice(0, Number(signals.reporterCount)),
      minSigners: Number(signals.minSigners),
      quorum: Number(signals.quorum),
      // `as`: one entry a name.
      parameters: parameters as Parameters,
    },
    state: {
      epoch: Number(signals.previousEpoch),
      feeds: signals.level.map((level, feed) => ({ level, scale: signals.scale[feed] ?? 0n })),
    },
    epoch: Number(signals.epoch),
    resetMask: signals.reset.reduce((mask, bit, feed) => mask + (bit === 1n ? 2 ** feed : 0), 0),
    observations: signals.signed.flatMap((signed, slot) => {
      if (signed === 0n) return [];
      const [x = ZERO, y = ZERO] = signals.r8[slot] ?? [];
      const signature = { r8: [x, y] as const, s: parse(signals.s[slot] ?? 0n) };
      const prices = signals.price[slot] ?? [];
      return [{ feedSetId: signals.feedSetId, epoch: Number(signals.epoch), slot, prices, signature }];
    }),
  });
  return [statement.commitment, statement.evaluation, signals.challenge];
}

const ZERO = parse(0n);
