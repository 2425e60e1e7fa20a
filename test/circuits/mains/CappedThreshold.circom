pragma circom 2.2.2;

include "lib/CappedThreshold.circom";

// Public, so that simplification keeps every input.
component main {public [factorQ8, spread, base, ppm, cap]} = CappedThreshold();
