// Each template of an inference against its sentence, at every input of a small range and at what lies beside it.

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as Inference from "../../src/inference/inference.ts";
import { PRIME, parse, reduce } from "../../src/lib/field.ts";
import { shifted } from "../../src/program/bounds.ts";
import { TAGS } from "../../src/statement/tags.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { ROOT } from "../support/circuits/compile.ts";
import * as Forge from "../support/circuits/forge.ts";
import { GENERIC } from "../support/circuits/generic.ts";
import { random, seedOfRun } from "../support/circuits/random.ts";

/** Far outside: what a sum that wrapped around would be. */
const FAR = [-1n << 100n, 1n << 100n, PRIME / 2n, 1n << 253n];

const source = random(seedOfRun());
const between = (low: number, high: number): readonly bigint[] =>
  Array.from({ length: high - low + 1 }, (_, i) => BigInt(low + i));

async function given(name: string, inputs: Circuit.Inputs): Promise<readonly bigint[]> {
  const circuit = await Circuit.main(name, "O2");
  const witness = await circuit.witness(inputs);
  return witness.slice(1, 1 + circuit.system().publicOutputCount);
}

async function refused(name: string, inputs: Circuit.Inputs): Promise<void> {
  await expect(given(name, inputs), `${name} of ${Object.values(inputs)}`).rejects.toThrow(/Error in template/);
}

describe("Rectified", () => {
  it.each([
    [8, 3],
    [5, 0],
    [2, 1],
  ])(
    "of %i bits, shifted by %i, is max(0, floor((in + half) / 2^shift)), in its range and nowhere else",
    async (bits, shift) => {
      const half = shift === 0 ? 0 : 2 ** (shift - 1);
      const [low, high] = [-(2 ** (bits - 1)) - half, 2 ** (bits - 1) - half - 1];
      for (const one of between(low, high)) {
        const want = BigInt(Math.max(0, shifted(Number(one), shift)));
        expect(await given(`Rectified${bits}`, { in: reduce(one) }), `${one}`).toEqual([want]);
      }
      for (const one of [BigInt(low - 1), BigInt(high + 1), ...FAR])
        await refused(`Rectified${bits}`, { in: reduce(one) });
    },
  );
});

describe("Rescaled", () => {
  it.each([
    [8, 3, -5],
    [3, 3, 2],
  ])(
    "of %i bits, shifted by %i from %i on, is floor((in + half) / 2^shift), in its range and nowhere else",
    async (bits, shift, least) => {
      const low = least * 2 ** shift - 2 ** (shift - 1);
      const high = low + 2 ** bits - 1;
      for (const one of between(low, high)) {
        const want = reduce(BigInt(shifted(Number(one), shift)));
        expect(await given(`Rescaled${bits}`, { in: reduce(one) }), `${one}`).toEqual([want]);
      }
      for (const one of [BigInt(low - 1), BigInt(high + 1), ...FAR])
        await refused(`Rescaled${bits}`, { in: reduce(one) });
    },
  );
});

describe("Larger", () => {
  it.each([1, 8])("of %i bits is the larger of two that are that near, and nothing of others", async (bits) => {
    const [low, high] = [-(2 ** bits), 2 ** bits - 1];
    for (const b of [0n, -5n, -(1n << 50n), 1n << 50n]) {
      for (const apart of between(low, high)) {
        const want = reduce(apart > 0n ? b + apart : b);
        expect(await given(`Larger${bits}`, { a: reduce(b + apart), b: reduce(b) }), `${b}, ${apart}`).toEqual([want]);
      }
      for (const apart of [BigInt(low - 1), BigInt(high + 1), ...FAR])
        await refused(`Larger${bits}`, { a: reduce(b + apart), b: reduce(b) });
    }
  });
});

describe("IndexOfLargest", () => {
  it.each([
    [1, 1],
    [2, 32],
    [5, 819],
  ])("of %i is the first of the largest, ties and all", async (size, apart) => {
    for (let count = 0; count < 150; count++) {
      const spread = source.pick([1, 2, 3, apart]);
      const least = source.pick([0n, -7n, -(1n << 50n), (1n << 50n) - 900n]);
      const list = Array.from({ length: size }, () => least + BigInt(source.below(spread)));
      const want = BigInt(list.findIndex((one) => list.every((other) => other <= one)));
      expect(await given(`IndexOfLargest${size}`, { in: list.map(reduce) }), `${list}`).toEqual([want]);
    }
  });

  it("has nothing to say of elements that are too far apart", async () => {
    for (const apart of [33n, 64n, 1n << 100n, -1n << 100n]) {
      await refused("IndexOfLargest2", { in: [0n, apart].map(reduce) });
      await refused("IndexOfLargest2", { in: [apart, 0n].map(reduce) });
    }
  });

  it("takes any index of elements whose keys are equal in the field, which no bound of a model lets come here", async () => {
    // 0 * 2 + 1 and (p + 1) / 2 * 2 + 0: the assumption of its header is needed.
    const inputs = { in: [0n, (PRIME + 1n) / 2n] };
    const circuit = await Circuit.main("IndexOfLargest2", "O2");
    const forger = await Forge.forger(join(ROOT, "test/circuits/mains/IndexOfLargest2.circom"));
    for (const index of [0n, 1n, 77n]) {
      const forced = { largest: 1n, "chosen[0]": reduce(1n - index), "chosen[1]": index };
      const witness = forger.layOut(await forger.witness(inputs, forced), circuit);
      expect(Forge.refused(circuit, witness)).toBe(false);
      expect(witness[1]).toBe(index);
    }
  });
});

describe("Thresholds", () => {
  it.each([
    [1, -8, 7, [-3]],
    [2, 0, 2, [1, 2]],
    [3, -20, 20, [-19, -3, 11]],
  ])("%i of them say for each whether it is reached, from %i to %i and nowhere else", async (size, low, high, list) => {
    for (const one of between(low, high)) {
      const want = list.map((threshold) => (Number(one) >= threshold ? 1n : 0n));
      expect(await given(`Thresholds${size}`, { in: reduce(one) }), `${one}`).toEqual(want);
    }
    for (const one of [BigInt(low - 1), BigInt(high + 1), ...FAR])
      await refused(`Thresholds${size}`, { in: reduce(one) });
  });
});

describe("thresholds that do not rise", () => {
  it.each(["FallingThresholds", "ThresholdsBeyond"])("do not compile: %s", async (name) => {
    const path = join(ROOT, "test/circuits/broken/mains", `${name}.circom`);
    await expect(Circuit.load(path, "O2")).rejects.toThrow(/False assert reached/);
  });
});

describe("Sum and WeightedSum", () => {
  it("are sums of products, more than one piece of them and negative ones", async () => {
    const weights = Array.from({ length: 40 }, (_, i) => BigInt(((37 * i) % 255) - 127));
    const elements = GENERIC.Sum40?.in as readonly bigint[]; // an array input
    const total = elements.reduce((sum, one, i) => sum + one * (weights[i] ?? 0n), -99n);
    expect(await given("Sum40", { in: elements })).toEqual([reduce(total)]);
    for (const [a, b, c, d] of [
      [3n, -4n, 5n, 6n],
      [-128n, 127n, -(1n << 40n), 1n << 40n],
    ] as const) {
      const inputs = { in: [reduce(c), reduce(d)], weight: [reduce(a), reduce(b)] };
      expect(await given("WeightedSum2", inputs)).toEqual([reduce(a * c + b * d)]);
    }
  });
});

describe("InRange", () => {
  it("holds for integers of so many bits and for no other element", async () => {
    for (const one of [0n, 1n, 128n, 255n]) await given("InRange3", { in: [one, 0n, one] });
    for (const one of [-1n, 256n, ...FAR]) {
      for (const place of [0, 1, 2]) await refused("InRange3", { in: [7n, 7n, 7n].with(place, reduce(one)) });
    }
  });
});

describe("what is packed and committed to", () => {
  it("is packed as by TypeScript, at any number of words", async () => {
    const five = GENERIC.Packed5?.in as readonly bigint[]; // an array input
    expect(await given("Packed5", { in: five })).toEqual(Inference.packed(five, 100));
    expect(await given("Packed1", { in: [255n] })).toEqual(Inference.packed([255n], 8));
  });

  it("has TypeScript's digests", async () => {
    const [salt, list] = [parse(123n), Array.from({ length: 40 }, (_, i) => BigInt(6 * i))];
    expect(await given("Committed40", { salt, in: list })).toEqual([Inference.inputHash(list, 8, salt)]);
    expect(await given("Committed1", { salt, in: [5n] })).toEqual([Inference.inputHash([5n], 248, salt)]);
    const parameters = { weightBits: 8, biasBits: 32, weights: 3, biases: 2 };
    const values = { weights: [-128, 127, 0], biases: [2 ** 31 - 1, -(2 ** 31)] };
    const signed = { weight: values.weights, bias: values.biases };
    const inputs = Object.fromEntries(
      Object.entries(signed).map(([name, one]) => [name, one.map((value) => reduce(BigInt(value)))]),
    );
    const committed = { identity: parse(77n), program: { parameters }, parameters: values };
    const commitment = Inference.commitment(committed, salt);
    expect(await given("Parameters3", { salt, ...inputs })).toEqual([commitment]);
  });

  it("has parameters in their ranges only", async () => {
    const good = { salt: 1n, weight: [0n, 0n, 0n], bias: [0n, 0n] };
    for (const one of [-129n, 128n, ...FAR]) await refused("Parameters3", { ...good, weight: [0n, reduce(one), 0n] });
    for (const one of [-(1n << 31n) - 1n, 1n << 31n, ...FAR])
      await refused("Parameters3", { ...good, bias: [0n, reduce(one)] });
  });

  it("has a digest of inputs that is none of parameters", () => {
    expect(TAGS.input).not.toBe(TAGS.parameters);
  });
});
