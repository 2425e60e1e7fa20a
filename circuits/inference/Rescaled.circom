pragma circom 2.2.2;

include "circomlib/circuits/bitify.circom";

// Rescaled(BITS, SHIFT, LOW): out = floor((in + half) / 2^SHIFT), half = 2^(SHIFT - 1): division with rounding.
//
// Assumes: nothing: `in` is the integer in (-p/2, p/2) that it is mod p. One for which in + half - LOW * 2^SHIFT is outside
// [0, 2^BITS) has no witness.
// Enforces: the bits of that difference from SHIFT on are out - LOW, those below are the remainder, in [0, 2^SHIFT). At most 200
// bits are below p, so there is one decomposition.
// Cost: BITS.
template Rescaled(BITS, SHIFT, LOW) {
    signal input in;
    signal output out;

    assert(SHIFT >= 1 && SHIFT <= BITS && BITS <= 200);
    signal bits[BITS] <== Num2Bits(BITS)(in + 2 ** (SHIFT - 1) - LOW * 2 ** SHIFT);
    var quotient = 0;
    for (var k = SHIFT; k < BITS; k++) {
        quotient += bits[k] * 2 ** (k - SHIFT);
    }
    out <== quotient + LOW;
}
