pragma circom 2.2.2;

// Packed(SIZE, BITS): elements of BITS bits each, floor(248 / BITS) to a word, low first.
//
// Assumes: every element is in [0, 2^BITS), which nothing here enforces; then no two lists have the same words, each of
// which is below 2^248 and so below p. Elements outside can lend to each other and leave the words as they are.
// Enforces: the words are those sums in the field.
// Cost: 0.
template Packed(SIZE, BITS) {
    var PER_WORD = 248 \ BITS;
    var WORDS = (SIZE + PER_WORD - 1) \ PER_WORD;
    signal input in[SIZE];
    signal output out[WORDS];

    for (var w = 0; w < WORDS; w++) {
        var word = 0;
        for (var i = PER_WORD * w; i < PER_WORD * (w + 1) && i < SIZE; i++) {
            word += in[i] * 2 ** (BITS * (i - PER_WORD * w));
        }
        out[w] <== word;
    }
}
