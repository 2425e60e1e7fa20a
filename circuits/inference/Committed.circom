pragma circom 2.2.2;

include "../lib/Digest.circom";
include "Packed.circom";

// Committed(TAG, SIZE, BITS): out = digest(TAG, [salt, packed elements]).
//
// Assumes: every element is in [0, 2^BITS), which nothing here enforces; then nobody finds two lists of one digest, whatever
// the salts, without a collision of Poseidon's. TAG and SIZE are constants of the circuit.
// Enforces: out is the digest of this salt and these elements' words, and with them the order of the elements.
// The salt is the prover's: without one, a list that can be guessed is found by trying.
// Cost: the digest of 1 + ceil(SIZE / floor(248 / BITS)) elements.
template Committed(TAG, SIZE, BITS) {
    var PER_WORD = 248 \ BITS;
    var WORDS = (SIZE + PER_WORD - 1) \ PER_WORD;
    signal input salt;
    signal input in[SIZE];
    signal output out;

    signal list[1 + WORDS];
    signal words[WORDS] <== Packed(SIZE, BITS)(in);
    list[0] <== salt;
    for (var w = 0; w < WORDS; w++) {
        list[1 + w] <== words[w];
    }
    out <== Digest(TAG, 1 + WORDS)(list);
}
