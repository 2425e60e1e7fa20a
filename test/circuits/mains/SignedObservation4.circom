pragma circom 2.2.2;

include "lib/SignedObservation.circom";

// Public, so that simplification keeps every input.
component main {public [signed, feedSetId, epoch, price, key, r8, s]} = SignedObservation(4);
