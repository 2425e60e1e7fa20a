pragma circom 2.2.2;

include "inference/Parameters.circom";

// Public, so that simplification keeps every input.
component main {public [salt, weight, bias]} = Parameters(77, 40, 8, 1, 12);
