pragma circom 2.2.3;

include "lib/Chain.circom";

component main {public [x]} = Chain(60);
