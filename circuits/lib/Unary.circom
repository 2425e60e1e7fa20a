pragma circom 2.2.2;

include "Boolean.circom";

// Unary(SIZE): `out[i]` = [i < in], for a count `in` of at most SIZE.
//
// Assumes: nothing; an `in` that is no integer in [0, SIZE] has no witness.
// Enforces: out is boolean, never rises, and sums to `in`: so it is `in` ones followed by zeros.
// Cost: 2 * SIZE - 1.
template Unary(SIZE) {
    signal input in;
    signal output out[SIZE];

    var sum = 0;
    for (var i = 0; i < SIZE; i++) {
        // Pinned by: boolean; no one after a zero; the sum is `in` (at most SIZE, far below p).
        out[i] <-- i < in ? 1 : 0;
        Boolean()(out[i]);
        if (i > 0) {
            out[i] * (1 - out[i - 1]) === 0;
        }
        sum += out[i];
    }
    sum === in;
}
