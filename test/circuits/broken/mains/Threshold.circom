pragma circom 2.2.2;

include "broken/BrokenThreshold.circom";

component main {public [in]} = BrokenThreshold();
