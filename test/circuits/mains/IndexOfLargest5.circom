pragma circom 2.2.2;

include "inference/IndexOfLargest.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = IndexOfLargest(5, 12);
