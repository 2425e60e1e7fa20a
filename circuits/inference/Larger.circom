pragma circom 2.2.2;

include "circomlib/circuits/bitify.circom";

// Larger(BITS): out = max(a, b).
//
// Assumes: integers less than 2^250 apart, so that their difference mod p tells which is larger: a model's are below 2^50.
// Enforces: the top bit of a - b + 2^BITS is [a >= b]; at most 201 bits are below p, so there is one decomposition. Where
// a - b is outside [-2^BITS, 2^BITS) there is no witness.
// Cost: BITS + 2.
template Larger(BITS) {
    signal input a;
    signal input b;
    signal output out;

    assert(BITS <= 200);
    signal bits[BITS + 1] <== Num2Bits(BITS + 1)(a - b + 2 ** BITS);
    out <== b + bits[BITS] * (a - b);
}
