pragma circom 2.2.2;

include "inference/Thresholds.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Thresholds(2, 0, 2, [1, 2], 0);
