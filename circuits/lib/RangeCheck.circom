pragma circom 2.2.2;

include "circomlib/circuits/bitify.circom";

// RangeCheck(BITS): `in` is an integer in [0, 2^BITS).
//
// Assumes: nothing. BITS <= 253, so that the decomposition is unique in the field.
// Enforces: in = sum of BITS boolean signals times powers of two.
// Cost: BITS.
template RangeCheck(BITS) {
    signal input in;

    assert(BITS <= 253);
    _ <== Num2Bits(BITS)(in);
}
