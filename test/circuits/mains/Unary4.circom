pragma circom 2.2.2;

include "lib/Unary.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Unary(4);
