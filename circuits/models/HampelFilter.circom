pragma circom 2.2.2;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "../lib/Boolean.circom";
include "../lib/CappedThreshold.circom";
include "../lib/RangeCheck.circom";

// Hint: for each of 16 terms, how many present terms stand before it, ties broken by index.
function ranksAmong(terms, present) {
    var ranks[16];
    for (var i = 0; i < 16; i++) {
        for (var j = 0; j < 16; j++) {
            if (present[j] == 1 && (terms[j] < terms[i] || (terms[j] == terms[i] && j < i))) {
                ranks[i]++;
            }
        }
    }
    return ranks;
}

// HampelFilter(N): the lower median of the present prices, the upper median of their distances from it, and which of
// them lie within the tolerance (protocol.md, "The model", steps 2 and 3).
//
// Assumes: present[i] = [price[i] != 0]; observers = sum of present; any = [observers != 0]; 256 <= kQ8 < 2^16;
// floorPpm <= 10^6. Prices are field elements of any value.
// Enforces: if any: median in [1, 2^80), spread in [0, 2^80), |price - median| < 2^80 for each present price, and each
// inlier in [1, 2^80). If none: median = spread = 0 and no inlier.
// Cost: 173 * N + 575.
template HampelFilter(N) {
    signal input price[N];   // 0 = none
    signal input present[N]; // boolean
    signal input observers;  // [0, N]
    signal input any;        // boolean
    signal input kQ8;        // [256, 2^16)
    signal input floorPpm;   // [0, 10^6]
    signal output median;    // [0, 2^80)
    signal output spread;    // [0, 2^80)
    signal output inlier[N]; // boolean

    var MAX = 2 ** 80 - 1;

    // 1. The median: `below` marks the prices ranked before it, so distance = |price - median|.
    // Pinned by: step 4 shows distance in [0, 2^80), so `below` is the sign of price - median, free only at zero; step 2
    // counts the marked ones and finds an unmarked price equal to `median`. Without prices it is 0.
    signal below[N];
    signal deviation[N];
    signal distance[N];
    var prices[16];
    var here[16];
    var distances[16];
    var centre = 0;
    for (var i = 0; i < N; i++) {
        prices[i] = price[i];
        here[i] = present[i];
    }
    var ranks[16] = ranksAmong(prices, here);
    for (var i = 0; i < N; i++) {
        if (here[i] == 1 && ranks[i] == (observers - 1) \ 2) {
            centre = prices[i];
        }
    }
    median <-- centre;
    (1 - any) * median === 0;
    signal medianBits[80] <== Num2Bits(80)(median);
    for (var i = 0; i < N; i++) {
        below[i] <-- here[i] == 1 && ranks[i] < (observers - 1) \ 2 ? 1 : 0;
        Boolean()(below[i]);
        deviation[i] <== present[i] * (price[i] - median);
        distance[i] <== (1 - 2 * below[i]) * deviation[i];
        distances[i] = distance[i];
    }

    // 2. The spread: `nearer` marks the distances ranked before it; absent slots are marked and not counted.
    // Pinned by: `nearer` is boolean, and step 4 shows distance <= spread where it is 1 and >= spread where it is 0, free
    // only at equality; their count h fixes both ranks, since observers - 2 h is 0 or 1: h = floor(observers / 2), and the
    // lower median's rank is h + parity - 1. A product is zero exactly if one of its factors is: some present price is
    // the median itself, some distance not marked nearer is the spread itself. All factors are far below p in size.
    signal nearer[N];
    signal medianFactor[N];
    signal spreadFactor[N];
    var width = 0;
    ranks = ranksAmong(distances, here);
    for (var i = 0; i < N; i++) {
        if (here[i] == 1 && ranks[i] == observers \ 2) {
            width = distances[i];
        }
    }
    spread <-- width;
    (1 - any) * spread === 0;
    RangeCheck(80)(spread);
    var ranked = observers - N;
    var rankedBelow = 0;
    for (var i = 0; i < N; i++) {
        nearer[i] <-- here[i] == 1 && ranks[i] >= observers \ 2 ? 0 : 1;
        Boolean()(nearer[i]);
        ranked += nearer[i];
        rankedBelow += below[i];
        var isMedian = distance[i] + below[i] + 1 - present[i];
        var isSpread = distance[i] - spread + 2 ** 81 * nearer[i];
        if (i == 0) {
            medianFactor[i] <== any * isMedian;
            spreadFactor[i] <== any * isSpread;
        } else {
            medianFactor[i] <== medianFactor[i - 1] * isMedian;
            spreadFactor[i] <== spreadFactor[i - 1] * isSpread;
        }
    }
    medianFactor[N - 1] === 0;
    spreadFactor[N - 1] === 0;
    var parity = observers - 2 * ranked;
    Boolean()(parity);
    rankedBelow === ranked + parity - any;

    // 3. The tolerance, capped so that an inlier stays in [1, 2^80): cap = min(median - 1, 2^80 - 1 - median), which the
    // median's top bit decides; 0 without prices.
    signal cap <== median - any + medianBits[79] * (MAX + 1 - 2 * median);
    signal tolerance <== CappedThreshold()(kQ8, spread, median, floorPpm, cap);

    // 4. Each distance lies in the interval of its class: from/to below are the interval's ends.
    //      nearer, within: [0, min(spread, tolerance)]         nearer, not within: [tolerance + 1, spread]
    //      farther, within: [spread, tolerance]                farther, not within: [max(spread, tolerance + 1), MAX]
    // Pinned by: `within` is boolean and its two intervals are disjoint for either value of `nearer`; every end lies in
    // [0, 2^80], so the two range checks say from <= distance <= to over the integers. The ends need tolerance >= 0, hence
    // median >= 1 if any. A median of 0 would make the tolerance -1: then both intervals of `within` are empty and the
    // others begin at 0 or above, so no distance is negative; and the zero factor of step 2 would name a present price
    // equal to 0, which there is not.
    signal tight <== LessThan(80)([tolerance, spread]); // [tolerance < spread]
    signal overhang <== tight * (spread - tolerance);
    var smaller = spread - overhang;
    var larger = tolerance + 1 + overhang - tight;
    signal within[N];
    signal fromWithin[N];
    signal fromOutside[N];
    signal from[N];
    signal toWithin[N];
    signal toOutside[N];
    signal to[N];
    for (var i = 0; i < N; i++) {
        within[i] <-- distance[i] <= tolerance ? 1 : 0;
        Boolean()(within[i]);
        fromWithin[i] <== (1 - nearer[i]) * spread;
        fromOutside[i] <== tolerance + 1 + (1 - nearer[i]) * (larger - tolerance - 1);
        from[i] <== fromOutside[i] + within[i] * (fromWithin[i] - fromOutside[i]);
        toWithin[i] <== tolerance + nearer[i] * (smaller - tolerance);
        toOutside[i] <== MAX - MAX * nearer[i] + spread - fromWithin[i]; // MAX, or spread where nearer
        to[i] <== toOutside[i] + within[i] * (toWithin[i] - toOutside[i]);
        RangeCheck(80)(distance[i] - from[i]);
        RangeCheck(80)(to[i] - distance[i]);
        // An absent slot is marked nearer and within, not below: it counts in no rank.
        (1 - present[i]) * (2 - nearer[i] - within[i] + below[i]) === 0;
        inlier[i] <== within[i] + present[i] - 1;
    }
}
