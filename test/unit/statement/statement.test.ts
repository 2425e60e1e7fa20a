import { solidityPackedKeccak256 } from "ethers";
import fc from "fast-check";
import { poseidon2, poseidon16 } from "poseidon-lite";
import { describe, expect, it } from "vitest";
import { type Field, PRIME, parse } from "../../../src/lib/field.ts";
import { digest } from "../../../src/statement/digest.ts";
import * as Statement from "../../../src/statement/statement.ts";
import { TAGS } from "../../../src/statement/tags.ts";

const SEED = Number(process.env.ASSAY_TEST_SEED ?? 20_260_101);
const fields = (...values: bigint[]): readonly Field[] => values.map(parse);
const element = fc.oneof(fc.constantFrom(0n, 1n, PRIME - 1n, 2n ** 248n - 1n), fc.bigInt({ min: 0n, max: PRIME - 1n }));
const vectors = fc.array(element, { minLength: 1, maxLength: 20 }).map((values) => fields(...values));
const mod = (value: bigint): bigint => value % PRIME;

/** The sum as the protocol writes it: sum of v_k * rho^(k + 1), powers by repeated multiplication. */
function direct(vector: readonly bigint[], challenge: bigint): bigint {
  let power = 1n;
  let sum = 0n;
  for (const value of vector) {
    power = mod(power * challenge);
    sum = mod(sum + value * power);
  }
  return sum;
}

describe("evaluate", () => {
  it("weighs the first element with the challenge itself, the second with its square", () => {
    expect(Statement.evaluate(fields(3n, 5n, 7n), parse(10n))).toBe(7530n);
    expect(Statement.evaluate(fields(1n), parse(10n))).toBe(10n);
  });

  it("reduces: p - 1 at challenge 1 twice is p - 2", () => {
    expect(Statement.evaluate(fields(PRIME - 1n, PRIME - 1n), parse(1n))).toBe(PRIME - 2n);
  });

  it(`is the direct sum for any vector and challenge (seed ${SEED})`, () => {
    fc.assert(
      fc.property(vectors, element, (vector, challenge) => {
        expect(Statement.evaluate(vector, parse(challenge))).toBe(direct(vector, challenge));
      }),
      { seed: SEED },
    );
  });
});

describe("challengeOf", () => {
  it("is the low 248 bits of the hash over commitment and vector, 32 bytes each", () => {
    const vector = fields(0n, 1n, PRIME - 1n);
    const hash = solidityPackedKeccak256(Array(4).fill("uint256"), [9n, ...vector]);
    expect(Statement.challengeOf(parse(9n), vector)).toBe(BigInt(`0x${hash.slice(4)}`));
  });

  it(`stays below 2^248 (seed ${SEED})`, () => {
    fc.assert(
      fc.property(vectors, element, (vector, commitment) => {
        expect(Statement.challengeOf(parse(commitment), vector) >> 248n).toBe(0n);
      }),
      { seed: SEED },
    );
  });
});

describe("of", () => {
  it("commits under the statement's tag, then challenges, then evaluates", () => {
    const vector = fields(1n, 2n, 3n);
    const { commitment, challenge, evaluation } = Statement.of(vector);
    expect(commitment).toBe(digest(TAGS.statement, vector));
    expect(challenge).toBe(Statement.challengeOf(commitment, vector));
    expect(evaluation).toBe(direct(vector, challenge));
  });

  it("changes in all three signals with every element, the last one too", () => {
    const vector = fields(...Array.from({ length: 17 }, (_, k) => BigInt(k)));
    const statements = [vector, ...vector.map((value, k) => vector.with(k, parse(value + 100n)))].map(Statement.of);
    for (const signal of ["commitment", "challenge", "evaluation"] as const) {
      expect(new Set(statements.map((statement) => statement[signal])).size).toBe(18);
    }
  });

  it("changes when two elements change places", () => {
    expect(Statement.of(fields(1n, 2n)).evaluation).not.toBe(Statement.of(fields(2n, 1n)).evaluation);
  });

  it("says nothing of no vector", () => {
    expect(() => Statement.of([])).toThrow(expect.objectContaining({ code: "digest.empty" }));
  });
});

describe("digest", () => {
  it("is circomlib's Poseidon: the published value for 1 and 2", () => {
    expect(digest(parse(1n), fields(2n))).toBe(
      7853200120776062878684798364095072458815029376092732009249414926327459813530n,
    );
  });

  it("takes fifteen elements in one hash and begins another with the sixteenth", () => {
    const fifteen = fields(...Array.from({ length: 15 }, (_, k) => BigInt(k + 1)));
    const whole = poseidon16([9n, ...fifteen]);
    expect(digest(parse(9n), fifteen)).toBe(whole);
    expect(digest(parse(9n), [...fifteen, parse(16n)])).toBe(poseidon2([whole, 16n]));
    expect(digest(parse(9n), [...fifteen, ...fifteen])).toBe(poseidon16([whole, ...fifteen]));
  });
});

describe("TAGS", () => {
  it("are the low 248 bits of keccak256 of assay.<name>.v1, all different", () => {
    for (const [name, tag] of Object.entries(TAGS)) {
      const hash = solidityPackedKeccak256(["string"], [`assay.${name}.v1`]);
      expect([name, tag]).toEqual([name, BigInt(`0x${hash.slice(4)}`)]);
    }
    expect(new Set(Object.values(TAGS)).size).toBe(Object.keys(TAGS).length);
  });
});
