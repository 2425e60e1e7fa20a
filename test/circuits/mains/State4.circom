pragma circom 2.2.2;

include "lib/State.circom";

// Public, so that simplification keeps every input.
component main {public [epoch, level, scale]} = State(4);
