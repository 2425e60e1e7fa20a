pragma circom 2.2.2;

include "inference/WeightedSum.circom";

component main = WeightedSum(2);
