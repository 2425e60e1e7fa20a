pragma circom 2.2.2;

include "../lib/Boolean.circom";
include "../lib/RangeCheck.circom";

// ClampedMean(N): `answer` = floor(mean of the inliers), clamped into [median - spread, median + spread]
// (protocol.md, "The model", step 4).
//
// Assumes: inlier boolean, at least one if any = 1 and none if any = 0; inlier prices in [1, 2^80); median, spread < 2^80,
// both 0 if any = 0. N <= 16.
// Enforces: answer as said, in [1, 2^80) if any = 1 and 0 otherwise: each inlier is below 2^80, so the mean is, and the
// clamp moves it toward the median only.
// Cost: N + 2 * ceil(log2(N)) + 172.
template ClampedMean(N) {
    signal input price[N];
    signal input inlier[N];
    signal input any;
    signal input median;
    signal input spread;
    signal output answer;

    var COUNT_BITS = 1;
    while (2 ** COUNT_BITS < N) {
        COUNT_BITS++;
    }
    var MAX = 2 ** 80 - 1;

    // 1. floor(total / count); without prices the divisor is 1.
    signal counted[N];
    var total = 0;
    var count = 1 - any;
    for (var i = 0; i < N; i++) {
        counted[i] <== inlier[i] * price[i];
        total += counted[i];
        count += inlier[i];
    }
    // Pinned by: remainder in [0, count), and step 2 bounds |mean| by 2^82, so mean * count + remainder = total holds over
    // the integers.
    signal mean <-- total \ count;
    signal remainder <== total - mean * count;
    RangeCheck(COUNT_BITS)(remainder);
    RangeCheck(COUNT_BITS)(count - 1 - remainder);

    // 2. Where the mean lies: in [low, high], above it, or below it; the three intervals are disjoint.
    // Pinned by: boolean, not both, and from <= mean <= to by two range checks.
    var low = median - spread;
    var high = median + spread;
    signal isAbove <-- mean > high ? 1 : 0;
    signal isBelow <-- mean + spread < median ? 1 : 0;
    Boolean()(isAbove);
    Boolean()(isBelow);
    isAbove * isBelow === 0;
    signal from <== low + isAbove * (2 * spread + 1);
    signal fromClamped <== from - isBelow * low;
    signal to <== high + isAbove * (MAX - high);
    signal toClamped <== to - isBelow * (2 * spread + 1);
    RangeCheck(81)(mean - fromClamped);
    RangeCheck(81)(toClamped - mean);

    // 3. The clamp.
    signal cut <== mean + isAbove * (high - mean);
    answer <== cut + isBelow * (low - mean);
}
