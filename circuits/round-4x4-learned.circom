pragma circom 2.2.2;

include "models/LearnedChart.circom";
include "lib/PriceRound.circom";

component main {public [challenge]} = PriceRound(4, 4);
