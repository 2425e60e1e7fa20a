pragma circom 2.2.2;

include "inference/Packed.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Packed(5, 100);
