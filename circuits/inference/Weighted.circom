pragma circom 2.2.2;

// Weighted(IN, OUT, TERMS, WEIGHTS, BIASES, START, SOURCE, WEIGHT, PARAMETER, BIAS, BIAS_PARAMETER): Affine whose weights
// are signals. Term k has the weight weight[PARAMETER[k]], or the constant WEIGHT[k] where PARAMETER[k] = WEIGHTS; output
// j has the bias bias[BIAS_PARAMETER[j]], or the constant BIAS[j] where BIAS_PARAMETER[j] = BIASES.
//
// Assumes: the caller's bound on every sum, far below p, from the ranges of `in`, `weight` and `bias`.
// Cost: one for each term that has a parameter.
template Weighted(IN, OUT, TERMS, WEIGHTS, BIASES, START, SOURCE, WEIGHT, PARAMETER, BIAS, BIAS_PARAMETER) {
    signal input in[IN];
    signal input weight[WEIGHTS];
    signal input bias[BIASES];
    signal output out[OUT];

    signal product[TERMS];
    for (var j = 0; j < OUT; j++) {
        var total = BIAS_PARAMETER[j] == BIASES ? BIAS[j] : bias[BIAS_PARAMETER[j]];
        for (var k = START[j]; k < START[j + 1]; k++) {
            if (PARAMETER[k] == WEIGHTS) {
                product[k] <== WEIGHT[k] * in[SOURCE[k]];
            } else {
                product[k] <== weight[PARAMETER[k]] * in[SOURCE[k]];
            }
            total += product[k];
        }
        out[j] <== total;
    }
}
