pragma circom 2.2.2;

include "models/ControlChart.circom";

// Public, so that simplification keeps every input.
component main {public [answer, active, reset, level, scale, kappaQ8, jumpFloorPpm, hardPpm, initialScalePpm]} = ControlChart();
