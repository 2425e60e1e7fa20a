pragma circom 2.2.2;

include "inference/Thresholds.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Thresholds(3, -20, 20, [-19, -3, 11], 4);
