pragma circom 2.2.2;

// Sum(SIZE, WEIGHT, BIAS): out = BIAS + sum of WEIGHT[k] * in[k]: one element of a linear layer with constant weights.
//
// Assumes: the caller's bound on the sum, far below p (2^50 for a model's), so that it is the integers' sum.
// Enforces: the equation in the field, which knows no overflow: a sum that wrapped around would pass here.
// Cost: 0. It is cut into pieces: the compiler's time grows with the square of an expression's length.
template Sum(SIZE, WEIGHT, BIAS) {
    signal input in[SIZE];
    signal output out;

    var PIECE = 32;
    var PIECES = (SIZE + PIECE - 1) \ PIECE;
    signal piece[PIECES];
    var total = BIAS;
    for (var n = 0; n < PIECES; n++) {
        var part = 0;
        for (var k = PIECE * n; k < PIECE * (n + 1) && k < SIZE; k++) {
            part += WEIGHT[k] * in[k];
        }
        piece[n] <== part;
        total += piece[n];
    }
    out <== total;
}
