pragma circom 2.2.2;

include "circomlib/circuits/poseidon.circom";

// Digest(TAG, LENGTH): `out` is the Poseidon digest of a list of LENGTH field elements under a domain tag.
//
// acc = TAG; for each chunk of up to 15 elements: acc = Poseidon(acc, chunk...). The length is a parameter, so lists
// of different lengths never meet under one tag.
//
// Mirrors: src/statement/digest.ts, test/vectors/digest.json.
// Cost: the sum of Poseidon(chunk + 1), 240 (2 inputs) to 609 (16 inputs) each; 3 less for the first, whose tag is constant.
template Digest(TAG, LENGTH) {
    signal input in[LENGTH];
    signal output out;

    var CHUNKS = (LENGTH + 14) \ 15;
    component hash[CHUNKS];

    for (var c = 0; c < CHUNKS; c++) {
        var size = LENGTH - 15 * c < 15 ? LENGTH - 15 * c : 15;
        hash[c] = Poseidon(size + 1);
        if (c == 0) {
            hash[c].inputs[0] <== TAG;
        } else {
            hash[c].inputs[0] <== hash[c - 1].out;
        }
        for (var k = 0; k < size; k++) {
            hash[c].inputs[k + 1] <== in[15 * c + k];
        }
    }
    out <== hash[CHUNKS - 1].out;
}
