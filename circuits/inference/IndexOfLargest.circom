pragma circom 2.2.2;

include "../lib/RangeCheck.circom";

// IndexOfLargest(SIZE, BITS): out = the position of the largest element, the first of equals.
//
// Assumes: keys in[i] * SIZE + (SIZE - 1 - i) of integers, less than 2^BITS apart (any others have no witness) and far below p.
// Enforces: keys all differ, and `largest` is one of them that is not below any other.
// Cost: SIZE * (BITS + 1).
template IndexOfLargest(SIZE, BITS) {
    signal input in[SIZE];
    signal output out;

    assert(BITS <= 200);
    var best = 0;
    var bestKey = in[0] * SIZE + SIZE - 1;
    for (var i = 1; i < SIZE; i++) {
        var key = in[i] * SIZE + SIZE - 1 - i;
        if (key > bestKey) {
            best = i;
            bestKey = key;
        }
    }
    // Pinned by: where chosen[i] is not 0 the key is `largest`; keys differ, so this is at most one place, and the sum
    // makes it 1. No key is above `largest`: the differences are in [0, 2^BITS).
    signal largest <-- bestKey;
    signal chosen[SIZE];
    var total = 0;
    var index = 0;
    for (var i = 0; i < SIZE; i++) {
        chosen[i] <-- i == best ? 1 : 0;
        chosen[i] * (largest - in[i] * SIZE - (SIZE - 1 - i)) === 0;
        RangeCheck(BITS)(largest - in[i] * SIZE - (SIZE - 1 - i));
        total += chosen[i];
        index += i * chosen[i];
    }
    total === 1;
    out <== index;
}
