pragma circom 2.2.2;

include "inference/Dense.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Dense(2, 3, [1, -2, 0, 0, -127, 127], [0, -5, 1125899906842623]);
