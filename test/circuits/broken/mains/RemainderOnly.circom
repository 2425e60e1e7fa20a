pragma circom 2.2.2;

include "broken/BrokenRemainderOnly.circom";

component main {public [numerator,denominator]} = BrokenRemainderOnly();
