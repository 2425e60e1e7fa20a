pragma circom 2.2.2;

include "lib/SaturatingRatio.circom";

// Public, so that simplification keeps every input.
component main {public [numerator, denominator]} = SaturatingRatio(12, 97, 80);
