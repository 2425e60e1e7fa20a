pragma circom 2.2.2;

include "models/generated/LearnedScore.circom";

// Public, so that simplification keeps every input.
component main {public [x0]} = LearnedScore();
