pragma circom 2.2.2;

include "models/LearnedChart.circom";

// Public, so that simplification keeps every input.
component main {public [parameters]} = ModelParameters();
