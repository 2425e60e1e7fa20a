pragma circom 2.2.2;

include "circomlib/circuits/bitify.circom";

// BrokenThreshold(): a comparison whose sign is free at equality: the prover picks the side. For the tests of the tests.
template BrokenThreshold() {
    signal input in[2];
    signal output less;

    less <-- in[0] < in[1] ? 1 : 0;
    less * (less - 1) === 0;
    _ <== Num2Bits(80)((1 - 2 * less) * (in[0] - in[1]));
}
