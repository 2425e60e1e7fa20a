pragma circom 2.2.2;

include "lib/Boolean.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Boolean();
