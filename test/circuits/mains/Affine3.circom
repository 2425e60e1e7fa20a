pragma circom 2.2.2;

include "inference/Affine.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Affine(4, 3, 5, [0, 3, 3, 5], [2, 0, 2, 3, 0], [-3, 5, 7, 1, -1], [-4, 9, 0]);
