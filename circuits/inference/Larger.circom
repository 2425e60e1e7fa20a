pragma circom 2.2.2;

include "circomlib/circuits/bitify.circom";

// Larger(BITS): out = max(a, b).
//
// Assumes: nothing; a - b outside [-2^BITS, 2^BITS) has no witness.
// Enforces: the top bit of a - b + 2^BITS is [a >= b].
// Cost: BITS + 2.
template Larger(BITS) {
    signal input a;
    signal input b;
    signal output out;

    assert(BITS <= 200);
    signal bits[BITS + 1] <== Num2Bits(BITS + 1)(a - b + 2 ** BITS);
    out <== b + bits[BITS] * (a - b);
}
