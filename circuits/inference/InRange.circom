pragma circom 2.2.2;

include "../lib/RangeCheck.circom";

// InRange(SIZE, BITS): every element is an integer in [0, 2^BITS).
//
// Assumes: nothing.
// Enforces: RangeCheck of each: BITS <= 253, so that a negative number, which is near p, is refused.
// Cost: SIZE * BITS.
template InRange(SIZE, BITS) {
    signal input in[SIZE];

    for (var i = 0; i < SIZE; i++) {
        RangeCheck(BITS)(in[i]);
    }
}
