pragma circom 2.2.2;

include "inference/InRange.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = InRange(3, 8);
