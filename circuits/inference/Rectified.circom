pragma circom 2.2.2;

include "circomlib/circuits/bitify.circom";

// Rectified(BITS, SHIFT): out = max(0, floor((in + half) / 2^SHIFT)), half = 2^(SHIFT - 1), or 0 where SHIFT = 0: ReLU and
// rescaling in one decomposition.
//
// Assumes: nothing: `in` is the integer in (-p/2, p/2) that it is mod p. An `in` + half outside [-2^(BITS - 1), 2^(BITS - 1))
// has no witness.
// Enforces: the top bit of in + half + 2^(BITS - 1) is its sign, those from SHIFT on are the quotient. At most 200 bits are below
// p, so there is one decomposition: neither a flipped sign nor another quotient can be made up for by p.
// Cost: BITS + 1.
template Rectified(BITS, SHIFT) {
    signal input in;
    signal output out;

    assert(SHIFT >= 0 && SHIFT < BITS && BITS <= 200);
    var half = SHIFT == 0 ? 0 : 2 ** (SHIFT - 1);
    signal bits[BITS] <== Num2Bits(BITS)(in + half + 2 ** (BITS - 1));
    var quotient = 0;
    for (var k = SHIFT; k < BITS - 1; k++) {
        quotient += bits[k] * 2 ** (k - SHIFT);
    }
    out <== bits[BITS - 1] * quotient;
}
