pragma circom 2.2.2;

include "lib/IsNonZero.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = IsNonZero();
