pragma circom 2.2.2;

include "inference/Rectified.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Rectified(8, 3);
