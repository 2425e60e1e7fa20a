pragma circom 2.2.2;

include "inference/Thresholds.circom";

component main {public [in]} = Thresholds(1, -8, 7, [8], 4);
