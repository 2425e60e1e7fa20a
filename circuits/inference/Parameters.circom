pragma circom 2.2.2;

include "../lib/Digest.circom";
include "InRange.circom";
include "Packed.circom";
include "inferenceTags.circom";

// Parameters(PROGRAM, WEIGHTS, WEIGHT_BITS, BIASES, BIAS_BITS): a model's private parameters, and the commitment that is its
// identity: digest(TAG_PARAMETERS, [PROGRAM, salt, packed weights, packed biases]), signed integers moved up by half their range.
// PROGRAM is the digest of what the parameters are parameters of; counts and widths are part of it, so lists are of one length.
//
// Assumes: nothing.
// Enforces: weight in [-2^(WEIGHT_BITS - 1), 2^(WEIGHT_BITS - 1)), bias likewise, so that packing is injective, and bounds
// that were computed from these ranges hold.
// Cost: WEIGHTS * WEIGHT_BITS + BIASES * BIAS_BITS and the digest.
template Parameters(PROGRAM, WEIGHTS, WEIGHT_BITS, BIASES, BIAS_BITS) {
    signal input salt;
    signal input weight[WEIGHTS];
    signal input bias[BIASES];
    signal output commitment;

    signal weights[WEIGHTS];
    for (var i = 0; i < WEIGHTS; i++) {
        weights[i] <== weight[i] + 2 ** (WEIGHT_BITS - 1);
    }
    InRange(WEIGHTS, WEIGHT_BITS)(weights);
    signal biases[BIASES];
    for (var i = 0; i < BIASES; i++) {
        biases[i] <== bias[i] + 2 ** (BIAS_BITS - 1);
    }
    InRange(BIASES, BIAS_BITS)(biases);

    var PER_WEIGHT_WORD = 248 \ WEIGHT_BITS;
    var PER_BIAS_WORD = 248 \ BIAS_BITS;
    var WEIGHT_WORDS = (WEIGHTS + PER_WEIGHT_WORD - 1) \ PER_WEIGHT_WORD;
    var BIAS_WORDS = (BIASES + PER_BIAS_WORD - 1) \ PER_BIAS_WORD;
    signal weightWords[WEIGHT_WORDS] <== Packed(WEIGHTS, WEIGHT_BITS)(weights);
    signal biasWords[BIAS_WORDS] <== Packed(BIASES, BIAS_BITS)(biases);
    signal list[2 + WEIGHT_WORDS + BIAS_WORDS];
    list[0] <== PROGRAM;
    list[1] <== salt;
    for (var w = 0; w < WEIGHT_WORDS; w++) {
        list[2 + w] <== weightWords[w];
    }
    for (var w = 0; w < BIAS_WORDS; w++) {
        list[2 + WEIGHT_WORDS + w] <== biasWords[w];
    }
    commitment <== Digest(TAG_PARAMETERS(), 2 + WEIGHT_WORDS + BIAS_WORDS)(list);
}
