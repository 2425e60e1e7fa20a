pragma circom 2.2.2;

include "lib/RangeCheck.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = RangeCheck(80);
