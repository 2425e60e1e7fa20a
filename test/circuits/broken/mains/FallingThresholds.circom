pragma circom 2.2.2;

include "inference/Thresholds.circom";

component main {public [in]} = Thresholds(2, -8, 7, [3, 3], 4);
