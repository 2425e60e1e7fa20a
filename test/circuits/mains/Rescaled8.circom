pragma circom 2.2.2;

include "inference/Rescaled.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Rescaled(8, 3, -5);
