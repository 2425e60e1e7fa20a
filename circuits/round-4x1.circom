pragma circom 2.2.2;

include "models/HampelChart.circom";
include "lib/PriceRound.circom";

component main {public [challenge]} = PriceRound(4, 1);
