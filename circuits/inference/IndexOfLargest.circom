pragma circom 2.2.2;

include "../lib/RangeCheck.circom";

// IndexOfLargest(SIZE, BITS): out = the position of the largest element, the first of equals.
//
// Assumes: integers less than 2^250 / SIZE apart, so that their keys in[i] * SIZE + (SIZE - 1 - i) do not wrap around: a
// model's are below 2^50. Nothing here enforces it. Elements farther apart can have equal keys mod p ([0, (p + 1) / 2] has),
// and of those any index is accepted.
// Enforces: `largest` is the key of the place that is marked, and no key is above it. On the assumption keys differ, as SIZE
// leaves a remainder of its own for each, and keys 2^BITS or more apart have no witness.
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
    // makes it 1. No key is above `largest`: the differences are in [0, 2^BITS), and of two keys' differences with each
    // other only one can be, as two such numbers have a sum far below p.
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
