pragma circom 2.2.2;

include "models/LearnedChart.circom";

// Public, so that simplification keeps every input.
component main {public [price, present, observers, quorate, live, reset, level, scale, parameters]} = FeedModel(4);
