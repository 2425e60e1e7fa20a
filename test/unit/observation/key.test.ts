import { createRequire } from "node:module";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { PRIME, parse, reduce } from "../../../src/lib/field.ts";
import * as Key from "../../../src/observation/key.ts";
import { SECRETS } from "../../support/feedSetFixture.ts";

// Its CommonJS build, for the reason that src/observation/key.ts states.
const curve = createRequire(import.meta.url)("@zk-kit/baby-jubjub") as typeof import("@zk-kit/baby-jubjub");

const [key, other] = SECRETS as readonly [Key.SecretKey, Key.SecretKey]; // four are there
const point = ([x, y]: readonly [bigint, bigint]): Key.Point => [parse(x), parse(y)];
const times = (base: Key.Point, factor: bigint): Key.Point => point(curve.mulPointEscalar([base[0], base[1]], factor));
const plus = (a: Key.Point, b: Key.Point): Key.Point => point(curve.addPoint([a[0], a[1]], [b[0], b[1]]));

const IDENTITY = point([0n, 1n]);
const ORDER_2 = point([0n, PRIME - 1n]);

/** A point whose multiple by the subgroup's order has order 8: times that order, only the small part stays. */
function ofOrder8(): Key.Point {
  for (let y = 2n; ; y++) {
    const found = curve.unpackPoint(y);
    if (found === null) continue;
    const small = times(point(found), curve.subOrder);
    if (times(small, 4n)[1] !== 1n) return small;
  }
}
const ORDER_8 = ofOrder8();
const ORDER_4 = times(ORDER_8, 2n);

describe("fromSecret", () => {
  it("prints itself as [redacted] in JSON, in text and in what util.inspect shows", () => {
    expect(JSON.stringify({ key })).toBe('{"key":"[redacted]"}');
    expect(`${key}`).toBe("[redacted]");
    expect(inspect(key)).toBe("[redacted]");
    expect(inspect({ deep: [key] }, { showHidden: true, depth: 9 })).toBe("{ deep: [ [redacted], [length]: 1 ] }");
  });

  it("has no property that holds the secret", () => {
    const secret = new Uint8Array(32).fill(171);
    const shown = inspect({ ...Key.fromSecret(secret) }, { showHidden: true, depth: 9 });
    expect(shown).not.toContain("171");
    expect(shown.toLowerCase()).not.toContain("abab");
  });

  it("does not follow a caller that wipes its secret afterwards", () => {
    const bytes = new Uint8Array(32).fill(1);
    const kept = Key.fromSecret(bytes);
    bytes.fill(0);
    expect(kept.sign(parse(5n))).toEqual(key.sign(parse(5n)));
  });

  it("refuses fewer than 32 secret bytes without showing them", () => {
    const short = () => Key.fromSecret(new Uint8Array(31).fill(201));
    expect(short).toThrow(expect.objectContaining({ code: "key.secret" }));
    expect(short).not.toThrow("201");
  });
});

describe("verify", () => {
  const signature = key.sign(parse(5n));

  it("accepts what the key signed, and signing is deterministic", () => {
    expect(Key.verify(key.publicKey, parse(5n), signature)).toBe(true);
    expect(key.sign(parse(5n))).toEqual(signature);
  });

  it("refuses another message, another key, a changed S, another R8", () => {
    expect(Key.verify(key.publicKey, parse(6n), signature)).toBe(false);
    expect(Key.verify(other.publicKey, parse(5n), signature)).toBe(false);
    expect(Key.verify(key.publicKey, parse(5n), { ...signature, s: reduce(signature.s + 1n) })).toBe(false);
    expect(Key.verify(key.publicKey, parse(5n), { ...signature, r8: key.publicKey })).toBe(false);
  });

  it("refuses S plus the subgroup's order: a signature has one form", () => {
    const twin = { ...signature, s: parse(signature.s + curve.subOrder) };
    expect(Key.verify(key.publicKey, parse(5n), twin)).toBe(false);
  });

  it("refuses an R8 off the curve and a key off the curve without throwing", () => {
    const off = point([1n, 1n]);
    expect(Key.verify(key.publicKey, parse(5n), { ...signature, r8: off })).toBe(false);
    expect(Key.verify(off, parse(5n), signature)).toBe(false);
  });
});

describe("refusal", () => {
  it("lets a key of the prime-order subgroup be registered", () => {
    expect(Key.refusal(key.publicKey)).toBeUndefined();
    expect(Key.refusal(point(curve.Base8))).toBeUndefined();
  });

  it.each([
    ["a point off the curve", point([1n, 1n]), "not on Baby Jubjub"],
    ["the key of an unused slot", point([0n, 0n]), "not on Baby Jubjub"],
    ["the identity", IDENTITY, "order 1 or 2"],
    ["the point of order 2", ORDER_2, "order 1 or 2"],
    ["a point of order 4", ORDER_4, "not in the prime-order subgroup"],
    ["a point of order 8", ORDER_8, "not in the prime-order subgroup"],
    ["a key plus the point of order 2", plus(key.publicKey, ORDER_2), "not in the prime-order subgroup"],
    ["a key plus a point of order 4", plus(key.publicKey, ORDER_4), "not in the prime-order subgroup"],
    ["a key plus a point of order 8", plus(key.publicKey, ORDER_8), "not in the prime-order subgroup"],
  ])("refuses %s", (_name, bad, reason) => {
    expect(Key.refusal(bad)).toContain(reason);
  });

  it("is tested with points of the orders that it names", () => {
    expect(times(ORDER_8, 8n)).toEqual(IDENTITY);
    expect(times(ORDER_8, 4n)).toEqual(ORDER_2);
    expect(times(ORDER_4, 2n)).toEqual(ORDER_2);
    expect(curve.inCurve([...plus(key.publicKey, ORDER_8)])).toBe(true);
  });
});

describe("possessionMessage", () => {
  it("binds the key, both its elements, and the feed set", () => {
    const [x, y] = key.publicKey;
    const messages = [
      Key.possessionMessage(parse(1n), [x, y]),
      Key.possessionMessage(parse(2n), [x, y]),
      Key.possessionMessage(parse(1n), [reduce(x + 1n), y]),
      Key.possessionMessage(parse(1n), [x, reduce(y + 1n)]),
      Key.possessionMessage(parse(1n), [y, x]),
    ];
    expect(new Set(messages).size).toBe(messages.length);
  });
});
