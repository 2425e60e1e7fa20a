pragma circom 2.2.2;

include "inference/Thresholds.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Thresholds(1, -8, 7, [-3], 4);
