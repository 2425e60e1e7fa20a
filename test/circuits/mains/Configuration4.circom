pragma circom 2.2.2;

include "lib/Configuration.circom";

// Public, so that simplification keeps every input.
component main {public [feedSetId, reporterCount, feedCount, minSigners, quorum, key, parameters]} = Configuration(4, 4, 6);
