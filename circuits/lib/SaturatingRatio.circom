pragma circom 2.2.2;

include "Boolean.circom";
include "RangeCheck.circom";
include "circomlib/circuits/bitify.circom";

// SaturatingRatio(BITS, NUMERATOR_BITS, DENOMINATOR_BITS): `quotient` = min(2^BITS - 1, floor(numerator / denominator)).
//
// Assumes: numerator < 2^NUMERATOR_BITS; 1 <= denominator <= 2^DENOMINATOR_BITS.
// Enforces: the quotient and its bits (low first); remainder = numerator - quotient * denominator >= 0, below the
// denominator unless saturated.
// Cost: BITS + NUMERATOR_BITS + DENOMINATOR_BITS + 5.
template SaturatingRatio(BITS, NUMERATOR_BITS, DENOMINATOR_BITS) {
    signal input numerator;
    signal input denominator;
    signal output quotient;
    signal output bits[BITS];
    signal output remainder;

    assert(BITS + DENOMINATOR_BITS < 250 && NUMERATOR_BITS < 250);
    var MAX = 2 ** BITS - 1;

    // Pinned by: quotient in [0, MAX] by its bits and remainder in [0, 2^NUMERATOR_BITS), so nothing wraps; not
    // saturated: remainder < denominator, so quotient is the floor; saturated: quotient = MAX, and remainder >= 0 says
    // that the floor is at least MAX. Where the floor is MAX itself the bit is free and the outputs are the same.
    signal saturated <-- numerator \ denominator > MAX ? 1 : 0;
    quotient <-- numerator \ denominator > MAX ? MAX : numerator \ denominator;
    Boolean()(saturated);
    bits <== Num2Bits(BITS)(quotient);
    remainder <== numerator - quotient * denominator;
    RangeCheck(NUMERATOR_BITS)(remainder);
    saturated * (MAX - quotient) === 0;
    signal gap <== (1 - saturated) * (denominator - 1 - remainder);
    RangeCheck(DENOMINATOR_BITS)(gap);
}
