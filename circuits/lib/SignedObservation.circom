pragma circom 2.2.2;

include "circomlib/circuits/eddsaposeidon.circom";
include "Boolean.circom";
include "Digest.circom";
include "tags.circom";

// SignedObservation(M): where `signed` = 1, the key signed exactly these prices for this feed set and epoch.
//
// The message is digest(OBSERVATION, [feedSetId, epoch, packed prices]), three prices to an element at a stride of 84
// bits, low first; the signature is circomlib's EdDSA on Baby Jubjub with Poseidon.
// Assumes: a registered key is on the curve, in the prime-order subgroup and not the identity (checked when it is
// registered, outside). Each price lies in (-2^80, 2^81), so that equal packings mean equal prices: the feed model
// checks that for every feed that has a price, and the others are all 0.
// Enforces: signed is boolean; S is below the subgroup's order where signed = 1.
// Mirrors: src/observation/observation.ts, test/vectors/observation.json.
// Cost: 4,218 and the digest.
template SignedObservation(M) {
    signal input signed;
    signal input feedSetId;
    signal input epoch;
    signal input price[M];
    signal input key[2];
    signal input r8[2];
    signal input s;

    Boolean()(signed);

    var PACKED = (M + 2) \ 3;
    component message = Digest(TAG_OBSERVATION(), PACKED + 2);
    message.in[0] <== feedSetId;
    message.in[1] <== epoch;
    for (var k = 0; k < PACKED; k++) {
        var packed = 0;
        for (var j = 3 * k; j < 3 * k + 3 && j < M; j++) {
            packed += price[j] * 2 ** (84 * (j - 3 * k));
        }
        message.in[k + 2] <== packed;
    }

    component verifier = EdDSAPoseidonVerifier();
    verifier.enabled <== signed;
    verifier.Ax <== key[0];
    verifier.Ay <== key[1];
    verifier.S <== s;
    verifier.R8x <== r8[0];
    verifier.R8y <== r8[1];
    verifier.M <== message.out;
}
