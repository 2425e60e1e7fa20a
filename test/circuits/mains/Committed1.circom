pragma circom 2.2.2;

include "inference/Committed.circom";
include "inference/inferenceTags.circom";

// Public, so that simplification keeps every input.
component main {public [salt, in]} = Committed(TAG_INPUT(), 1, 248);
