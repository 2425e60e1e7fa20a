pragma circom 2.2.2;

include "../lib/IsNonZero.circom";
include "../lib/RangeCheck.circom";
include "../lib/SaturatingRatio.circom";
include "HampelFilter.circom";
include "ClampedMean.circom";
include "ControlChart.circom";
include "generated/LearnedScore.circom";

// The second model: HampelChart with a learned score in the report (protocol.md, "The learned score"). Answer, status and
// next state are the chart's: what holds a price back is an argued bound and not what a net has learned, and the states of
// both models are the same.
// What HampelChart.circom has too stands here again: a template more in that file would be other keys for its circuits.
// Mirrors: src/model/learnedChart.ts, test/vectors/model.json (all but the score).

// kQ8, floorPpm, kappaQ8, jumpFloorPpm, hardPpm, initialScalePpm. The net's weights are constants.
function ModelParameterCount() {
    return 6;
}

// ModelParameters(): the parameters are in the ranges that FeedModel assumes. Checked once for all feeds.
//
// Cost: 208.
template ModelParameters() {
    signal input parameters[ModelParameterCount()];

    RangeCheck(16)(parameters[0]);
    RangeCheck(16)(parameters[0] - 256);
    RangeCheck(16)(parameters[2]);
    var PPM[4] = [1, 3, 4, 5];
    for (var k = 0; k < 4; k++) {
        RangeCheck(20)(parameters[PPM[k]]);
        RangeCheck(20)(1000000 - parameters[PPM[k]]);
    }
}

// FeedModel(N): one feed's report and next state from its prices and state.
//
// Assumes: present[i] = [price[i] != 0]; observers = sum of present; quorate, live, reset boolean, quorate only where
// live = 1 and observers >= 1; parameters checked by ModelParameters. N <= 7.
// Enforces: the report's fields in their widths (answer 80, dispersion 12, score 14, status 2 bits), all 0 except the
// status without quorum, all 0 for a feed that is not live; level and scale of both states below 2^80.
// Cost: HampelChart's and 238.
template FeedModel(N) {
    signal input price[N];
    signal input present[N];
    signal input observers;
    signal input quorate;
    signal input live;
    signal input reset;
    signal input level;
    signal input scale;
    signal input parameters[ModelParameterCount()];
    signal output answer;
    signal output dispersion; // units of 10 ppm
    signal output score;      // 256 = at the threshold of the learned score
    signal output inliers;    // bitmap
    signal output status;     // 0 OK, 1 HELD, 2 REFUSED, 3 NO_QUORUM
    signal output nextLevel;
    signal output nextScale;

    // The net's counts have 3 bits.
    assert(N <= 7);

    // 1. As HampelChart.
    signal any <== IsNonZero()(observers);

    component filter = HampelFilter(N);
    filter.price <== price;
    filter.present <== present;
    filter.observers <== observers;
    filter.any <== any;
    filter.kQ8 <== parameters[0];
    filter.floorPpm <== parameters[1];

    signal mean <== ClampedMean(N)(price, filter.inlier, any, filter.median, filter.spread);

    signal wide; // dispersion before the quorum is asked
    (wide, _, _) <== SaturatingRatio(12, 97, 80)(100000 * filter.spread, filter.median + 1 - any);

    component chart = ControlChart();
    chart.answer <== mean;
    chart.active <== quorate;
    chart.reset <== reset;
    chart.level <== level;
    chart.scale <== scale;
    chart.kappaQ8 <== parameters[2];
    chart.jumpFloorPpm <== parameters[3];
    chart.hardPpm <== parameters[4];
    chart.initialScalePpm <== parameters[5];

    // 2. The learned score, evaluated for every feed: what it assumes holds without a quorum too.
    //      chart.score in [0, 2^14), wide in [0, 2^12): saturated by their templates
    //      observers in [0, N], excluded in [0, observers]: an inlier is a present price, and N < 2^3
    var bitmap = 0;
    var excluded = observers;
    for (var i = 0; i < N; i++) {
        bitmap += filter.inlier[i] * 2 ** i;
        excluded -= filter.inlier[i];
    }
    signal learned[1] <== LearnedScore()([chart.score, wide, observers, excluded]); // [0, 2^14)

    // 3. The report.
    answer <== quorate * mean;
    dispersion <== quorate * wide;
    inliers <== quorate * bitmap;
    score <== quorate * learned[0];
    status <== chart.held + 2 * chart.refused + 3 * (live - quorate);
    nextLevel <== chart.nextLevel;
    nextScale <== chart.nextScale;
}
