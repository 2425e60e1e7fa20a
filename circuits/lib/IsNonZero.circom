pragma circom 2.2.2;

include "circomlib/circuits/comparators.circom";

// IsNonZero(): `out` = [in != 0], for any field element.
//
// Cost: 2.
template IsNonZero() {
    signal input in;
    signal output out;

    signal zero <== IsZero()(in);
    out <== 1 - zero;
}
