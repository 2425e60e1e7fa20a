pragma circom 2.2.2;

include "Boolean.circom";
include "RangeCheck.circom";

// CappedThreshold(): `out` = min(max(floor(factorQ8 * spread / 256), floor(base * ppm / 10^6)), cap).
//
// Both fractions are compared over their common denominator 4 * 10^6 = lcm(256, 10^6), and floored once: the floor of
// a maximum is the maximum of the floors.
//
// Assumes: factorQ8 < 2^16; spread, base, cap < 2^80; ppm <= 10^6.
// Enforces: out is that value, hence 0 <= out <= cap.
// Cost: 329.
template CappedThreshold() {
    signal input factorQ8;
    signal input spread;
    signal input base;
    signal input ppm;
    signal input cap;
    signal output out;

    var DENOMINATOR = 4000000;

    // 1. The larger of the two fractions, scaled by the denominator.
    signal fromSpread <== 15625 * factorQ8 * spread; // < 2^(14 + 16 + 80)
    signal fromBase <== 4 * base * ppm;              // < 2^(2 + 80 + 20)

    // Pinned by: boolean, and the difference it turns is in [0, 2^110). At equality both choices give one `larger`.
    signal baseIsLarger <-- fromBase > fromSpread ? 1 : 0;
    Boolean()(baseIsLarger);
    signal excess <== baseIsLarger * (fromBase - fromSpread);
    RangeCheck(110)(2 * excess - (fromBase - fromSpread)); // |fromBase - fromSpread|
    signal larger <== fromSpread + excess;

    // 2. Floor, or the cap where that is smaller.
    // Pinned by: remainder >= 0 and slack >= 0 in both cases; not capped: remainder < DENOMINATOR, so out is the floor;
    // capped: slack = 0, so out = cap, and remainder >= 0 says that cap <= floor. Where floor = cap the bit is free and
    // `out` is the same. No wrap: |DENOMINATOR * out| < 2^102 since out = cap - slack.
    signal capped <-- larger \ DENOMINATOR > cap ? 1 : 0;
    out <-- larger \ DENOMINATOR > cap ? cap : larger \ DENOMINATOR;
    Boolean()(capped);
    var remainder = larger - DENOMINATOR * out;
    var slack = cap - out;
    RangeCheck(110)(remainder);
    RangeCheck(80)(slack);
    capped * slack === 0;
    signal uncappedGap <== (1 - capped) * (DENOMINATOR - 1 - remainder);
    RangeCheck(22)(uncappedGap);
}
