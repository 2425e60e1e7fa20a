pragma circom 2.2.2;

include "inference/Weighted.circom";

// Public, so that simplification keeps every input.
component main {public [in, weight, bias]} = Weighted(2, 3, 5, 2, 1, [0, 2, 4, 5], [0, 1, 0, 1, 1], [0, 0, -3, 0, 7], [0, 1, 2, 1, 2], [0, 11, -6], [0, 1, 1]);
