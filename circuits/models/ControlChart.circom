pragma circom 2.2.2;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "../lib/Boolean.circom";
include "../lib/CappedThreshold.circom";
include "../lib/RangeCheck.circom";
include "../lib/SaturatingRatio.circom";

// ControlChart(): compares an answer with the level and scale that the feed remembers (a clipped EWMA) and gives its
// status, score and the next level and scale (protocol.md, "The model", step 5).
//
// Assumes: answer in [0, 2^80), at least 1 where active = 1; active, reset boolean; kappaQ8 < 2^16; ppm values <= 10^6.
// Enforces: level, scale < 2^80 (the state's digest binds only their sum); nextLevel, nextScale < 2^80; at most one of
// held and refused; score 0 unless the chart is applied.
// Cost: 1,007.
template ControlChart() {
    signal input answer;
    signal input active; // the feed has its quorum
    signal input reset;  // governance starts this feed's chart anew
    signal input level;  // 0 = never set
    signal input scale;
    signal input kappaQ8;
    signal input jumpFloorPpm;
    signal input hardPpm;
    signal input initialScalePpm;
    signal output held;
    signal output refused;
    signal output score; // [0, 2^14)
    signal output nextLevel;
    signal output nextScale;

    // 1. The state that is remembered, and whether there is one.
    signal levelBits[80] <== Num2Bits(80)(level);
    RangeCheck(80)(scale);
    signal unset <== IsZero()(level);
    signal fresh <== unset + reset - unset * reset;
    signal charted <== active * (1 - fresh);

    // 2. jump = |answer - level|.
    // Pinned by: boolean, and jump in [0, 2^80) makes it the sign of answer - level, free only at zero, where step 6
    // does not use it (a zero jump is never held).
    signal fell <-- answer < level ? 1 : 0;
    Boolean()(fell);
    signal jump <== (1 - 2 * fell) * (answer - level);
    RangeCheck(80)(jump);

    // 3. Hard bound: min(answer, level) * 10^6 < max(answer, level) * (10^6 - hardPpm). Both sides stay below 2^100.
    signal rise <== fell * jump;
    var larger = answer + rise;
    var smaller = level - rise;
    signal hardBound <== larger * (1000000 - hardPpm);
    signal beyond <== LessThan(100)([1000000 * smaller, hardBound]);

    // 4. The threshold: at least 1, at most a quarter of the level.
    var quarter = 0;
    for (var k = 2; k < 80; k++) {
        quarter += levelBits[k] * 2 ** (k - 2);
    }
    signal capped <== CappedThreshold()(kappaQ8, scale, level, jumpFloorPpm, quarter);
    signal vanished <== IsZero()(capped);
    signal threshold <== capped + vanished; // [1, 2^78)

    // 5. ratio = floor(256 * jump / threshold), saturated. Thresholds on `jump` are read off it exactly:
    //      jump > threshold      <=>  ratio > 256, or ratio = 256 with a remainder
    //      4 * jump <= threshold <=>  ratio < 64,  or ratio = 64 without one
    signal ratio;
    signal ratioBits[14];
    signal rest;
    (ratio, ratioBits, rest) <== SaturatingRatio(14, 88, 78)(256 * jump, threshold);
    var from256 = 0;
    for (var k = 8; k < 14; k++) {
        from256 += ratioBits[k];
    }
    signal below256 <== IsZero()(from256);
    signal below64 <== IsZero()(from256 + ratioBits[6] + ratioBits[7]);
    signal is256 <== IsZero()(ratio - 256);
    signal is64 <== IsZero()(ratio - 64);
    signal exact <== IsZero()(rest);
    signal over <== 1 - below256 - is256 * exact;
    signal calm <== below64 + is64 * exact;

    // 6. Status; the score and the next level follow from it.
    refused <== charted * beyond;
    signal within <== charted - refused;
    held <== within * over;
    score <== charted * ratio;
    signal step <== (1 - 2 * fell) * threshold;
    signal target <== answer + held * (level + step - answer); // between level and answer, so below 2^80
    signal updated <== active - refused;
    nextLevel <== level + updated * (target - level);

    // 7. Next scale: floor((7 * scale + min(jump, floor(threshold / 4))) / 8) = floor((28 * scale + min(4 * jump,
    // threshold)) / 32) (nested floors), or floor(answer * initialScalePpm / 10^6) for a fresh chart.
    // Pinned by: remainder in [0, divisor) and candidate in [0, 2^80): divisor * candidate < 2^100 does not wrap.
    signal clipped <== threshold + calm * (4 * jump - threshold);
    signal initial <== answer * initialScalePpm;
    signal numerator <== 28 * scale + clipped + fresh * (initial - 28 * scale - clipped);
    var divisor = 32 + fresh * (1000000 - 32);
    signal candidate <-- numerator \ divisor;
    RangeCheck(80)(candidate);
    signal remainder <== numerator - divisor * candidate;
    RangeCheck(20)(remainder);
    RangeCheck(20)(divisor - 1 - remainder);
    nextScale <== scale + updated * (candidate - scale);
}
