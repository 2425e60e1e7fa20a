pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";

// A chain of `rounds` steps y -> (y + k)^3 from x; k has 16 bits.
template Chain(rounds) {
    signal input x;
    signal input k;
    signal output y;

    _ <== Num2Bits(16)(k);

    signal square[rounds];
    signal value[rounds + 1];
    value[0] <== x;
    for (var i = 0; i < rounds; i++) {
        square[i] <== (value[i] + k) * (value[i] + k);
        value[i + 1] <== square[i] * (value[i] + k);
    }
    y <== value[rounds];
}
