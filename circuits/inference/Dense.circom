pragma circom 2.2.2;

// Dense(IN, OUT, WEIGHT, BIAS): out[j] = BIAS[j] + sum over i of WEIGHT[j * IN + i] * in[i]: Affine where every output has
// every input.
//
// Assumes: the caller's bound on every sum, far below p, so that it is the integers' sum.
// Cost: 0. Sums are cut into pieces: the compiler's time grows with the square of an expression's length.
template Dense(IN, OUT, WEIGHT, BIAS) {
    signal input in[IN];
    signal output out[OUT];

    var PIECE = 32;
    var PIECES = (IN + PIECE - 1) \ PIECE;
    signal piece[OUT][PIECES];
    for (var j = 0; j < OUT; j++) {
        var total = BIAS[j];
        for (var n = 0; n < PIECES; n++) {
            var part = 0;
            for (var i = PIECE * n; i < PIECE * (n + 1) && i < IN; i++) {
                part += WEIGHT[j * IN + i] * in[i];
            }
            piece[j][n] <== part;
            total += piece[j][n];
        }
        out[j] <== total;
    }
}
