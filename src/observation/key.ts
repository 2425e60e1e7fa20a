// Reporter keys: EdDSA on Baby Jubjub with Poseidon, exactly what circomlib's EdDSAPoseidonVerifier accepts.

import { createRequire } from "node:module";
import { inspect } from "node:util";
import { AssayError } from "../lib/errors.ts";
import { type Field, parse } from "../lib/field.ts";
import { digest } from "../statement/digest.ts";
import { TAGS } from "../statement/tags.ts";

export type Point = readonly [Field, Field];
export type PublicKey = Point;
export type Signature = { readonly r8: Point; readonly s: Field };

/** A signing key that prints itself as "[redacted]" wherever it is logged. */
export type SecretKey = {
  readonly publicKey: PublicKey;
  readonly sign: (message: Field) => Signature;
  readonly toJSON: () => string;
};

// The ES module builds of these packages import CommonJS names that Node does not see; their CommonJS builds load.
const require = createRequire(import.meta.url);
const eddsa = require("@zk-kit/eddsa-poseidon") as typeof import("@zk-kit/eddsa-poseidon");
const curve = require("@zk-kit/baby-jubjub") as typeof import("@zk-kit/baby-jubjub");

const REDACTED = "[redacted]";

/** A key from at least 32 secret bytes. Signing is deterministic: the nonce is a hash of key and message. */
export function fromSecret(secret: Uint8Array): SecretKey {
  if (secret.length < 32) {
    throw new AssayError("key.secret", `got ${secret.length} secret bytes, want at least 32`);
  }
  const bytes = Buffer.from(secret);
  const [x, y] = eddsa.derivePublicKey(bytes);
  const sign = (message: Field): Signature => {
    const { R8, S } = eddsa.signMessage(bytes, message);
    return { r8: [parse(R8[0]), parse(R8[1])], s: parse(S) };
  };
  const key = { publicKey: [parse(x), parse(y)] as const, sign, toJSON: () => REDACTED, toString: () => REDACTED };
  return Object.defineProperty(key, inspect.custom, { value: () => REDACTED });
}

/** Why a key may not be registered, or undefined when it may: on the curve, in the prime-order subgroup, not the identity. */
export function refusal(key: PublicKey): string | undefined {
  const point: [bigint, bigint] = [key[0], key[1]];
  if (!curve.inCurve(point)) {
    return "the point is not on Baby Jubjub";
  }
  if (key[0] === 0n) {
    return "the point has order 1 or 2";
  }
  const [x, y] = curve.mulPointEscalar(point, curve.subOrder);
  return x === 0n && y === 1n ? undefined : "the point is not in the prime-order subgroup";
}

/** True when `signature` is the key's over `message`; a point off the curve or an S at or above the order is false. */
export function verify(key: PublicKey, message: Field, signature: Signature): boolean {
  const { r8, s } = signature;
  return eddsa.verifySignature(message, { R8: [r8[0], r8[1]], S: s }, [key[0], key[1]]);
}

/** A reporter's proof that it holds the key it registers in a feed set. */
export function provePossession(feedSetId: Field, key: SecretKey): Signature {
  return key.sign(possessionMessage(feedSetId, key.publicKey));
}

/** True when `signature` is such a proof of the key. */
export function provesPossession(feedSetId: Field, key: PublicKey, signature: Signature): boolean {
  return verify(key, possessionMessage(feedSetId, key), signature);
}

/** What a reporter signs once to show that it holds the key it registers in a feed set. */
export function possessionMessage(feedSetId: Field, key: PublicKey): Field {
  return digest(TAGS.possession, [feedSetId, ...key]);
}
