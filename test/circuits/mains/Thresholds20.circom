pragma circom 2.2.2;

include "inference/Thresholds.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Thresholds(20, -1000, 4000, [-497, -474, -431, -368, -285, -182, -59, 84, 247, 430, 633, 856, 1099, 1362, 1645, 1948, 2271, 2614, 2977, 3360], 10);
