pragma circom 2.2.2;

include "lib/Statement.circom";

// Public, so that simplification keeps every input.
component main {public [v, challenge]} = Statement(6);
