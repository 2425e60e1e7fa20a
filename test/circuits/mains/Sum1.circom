pragma circom 2.2.2;

include "inference/Sum.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Sum(1, [-7], 5);
