pragma circom 2.2.2;

// Affine(IN, OUT, TERMS, START, SOURCE, WEIGHT, BIAS): out[j] = BIAS[j] + sum of WEIGHT[k] * in[SOURCE[k]] for k in
// [START[j], START[j + 1]): any linear layer with constant weights.
//
// Assumes: the caller's bound on every sum, far below p, so that it is the integers' sum.
// Cost: 0. Sums are cut into pieces: the compiler's time grows with the square of an expression's length.
template Affine(IN, OUT, TERMS, START, SOURCE, WEIGHT, BIAS) {
    signal input in[IN];
    signal output out[OUT];

    var PIECE = 32;
    var pieces = 0;
    for (var j = 0; j < OUT; j++) {
        pieces += (START[j + 1] - START[j] + PIECE - 1) \ PIECE;
    }
    signal piece[pieces];
    var n = 0;
    for (var j = 0; j < OUT; j++) {
        var total = BIAS[j];
        for (var from = START[j]; from < START[j + 1]; from += PIECE) {
            var part = 0;
            for (var k = from; k < from + PIECE && k < START[j + 1]; k++) {
                part += WEIGHT[k] * in[SOURCE[k]];
            }
            piece[n] <== part;
            total += piece[n];
            n++;
        }
        out[j] <== total;
    }
}
