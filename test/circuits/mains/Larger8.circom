pragma circom 2.2.2;

include "inference/Larger.circom";

// Public, so that simplification keeps every input.
component main {public [a, b]} = Larger(8);
