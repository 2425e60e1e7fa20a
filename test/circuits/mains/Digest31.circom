pragma circom 2.2.2;

include "lib/Digest.circom";
include "lib/tags.circom";

// Public, so that simplification keeps every input.
component main {public [in]} = Digest(TAG_STATEMENT(), 31);
